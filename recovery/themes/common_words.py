"""Words that stand in complaints of every kind and so tell nothing about what one is about.

They only spare noise in small sets; a language that isn't here is read by how rare its words are.
"""

# ruff: noqa: RUF001 (letters of other scripts that look like Latin ones are what these lines are about)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENGLISH = _set("""
    a about above after again against all almost already also although always am an and another any anyone anything
    are aren't around as ask asked asks at away back be became because become been before being below best better
    between big both but by came can can't cannot come comes could couldn't did didn't do does doesn't doing don't
    done down during each either else enough even ever every everyone everything far few first five for four from full
    further gave get gets getting give given go goes going gone good got great had half hard has have haven't having
    he her here him his how however i i'd i'll i'm i've if in instead into is isn't it it's its itself just keep kept
    know last late later least less let like little long look looks lot made make makes many may me mean might mine
    more most much must my myself need needs neither never new next no nobody none nor not nothing now of off often
    old on once one ones only or other others our ours out over own part people per perhaps please put quite rather
    really right said same say says see seems seen seven several shall she should show shows simply since six so some
    someone something sometimes still such sure take taken takes tell ten than that that's the their theirs them
    themselves then there there's these they they're thing things think third this those though three through till
    time times to today together told too took towards try trying turn twelve twice two under until up upon us use
    used useful useless using very want wants was wasn't way we we'd we'll we're we've well went were weren't what
    whatever when where which while who whole why will with within without won't word work worked working works worse
    worst would wouldn't yet you you'd you'll you're you've your yours day days daily week weeks weekly month months
    monthly year years yearly hour hours minute minutes morning monday tuesday wednesday thursday friday saturday
    sunday january february march april june july august september october november december product tool tools
    software system platform solution company team teams business customer customers user users colleague colleagues
    hundred thousand eight nine able actually anymore bad basic completely constantly day-to-day extremely feel find
    frankly frequently happen happens hate help helpful important impossible issue issues lately love poor problem
    problems properly ridiculous terrible totally unacceptable unusable
""")
_GERMAN = _set("""
    ab aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis bitte da damit
    dann das dass dem den denn der des die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem
    einen einer eines einfach er es etwas euch euer eure eurem euren eurer fur ganz ganzen gar gebt geht gegen gibt
    habe haben hat hatte hier hin hinten ich ihm ihn ihnen ihr ihre ihrem ihren im immer in ins irgendwann ist ja jede
    jedem jeden jeder jedes jedoch kann kein keine keinem keinen keiner konnen kommt lasst lassen leider man manche
    mehr mehrmals mein meine mich mir mit muss mussen nach nicht nichts nie niemand noch nur oder ohne paar pro schon
    sehr seit sich sie sind so sogar soll sollte sondern standig tage tagen tag um und uns unser unsere unserem
    unseren unserer unter viel viele vielen vollig vom von vor vorne wann war waren warum was weder weg wegen weil
    wenn wer werden wie wieder will wir wird wo woche wochen wurde wurden zehn zu zum zur zwei drei zwischen jahr
    jahre jahren monat monate monaten stunde stunden minuten minutenlang funktioniert funktionieren problem probleme
    firma unternehmen system kunde kunden leute neu neue neuen alte alten gut schlecht letzte letzten letzter kaum
    wenig zeit
""")
_ROMANCE = _set("""
    a au aucun aucune aussi autre autres avec beaucoup bien c ca car ce cela ces cet cette chaque chez comme d dans de
    depuis des dont du elle elles en encore est et etait etre eu fait faire fois font il ils j je jamais jour jours l
    la le les leur leurs lorsque lui m ma mais me mes moi moins mois mon n ne nos notre nous on ont ou par pas peu
    peut plus pour pourquoi qu quand que qui rien s sa sans se semaine semaines ses si son sont sous sur t tellement
    toujours tous tout toute toutes tres trois trop tu un une utilisions vers vos votre vous y annee annees ans six
    heures minutes al algo algun alguna ano anos antes aquel asi aun aunque cada casi con como cual cuando cualquier
    da dan dejan del dejar desde dia dias donde dos e el ella ellos era es esa ese eso esta estan estas este esto
    estos fue ha hace hacer hacia han hasta hay hemos hora horas las lo los mas meses mi mientras mil misma mismo
    mucho muchos muy nada nadie ni ningun ninguna no nosotros nuestra nuestras nuestro nuestros nunca o otra otro
    otros para pero poco podemos poder por porque pues puede pueden quien sea segun ser sin sino sobre solo somos su
    sus tal tambien tan tanto tenemos tener tiene tienen toda todas todavia todo todos tras tuvimos una uno unos usar
    va van varias veces vez ya yo semana semanas funciona funcionan funcionar sirve sistema empresa equipo producto
    ultima ultimo nuevo nueva ao aos ate com das do ela ele em entre essa esse foi isso ja meu minha muito na nao nas
    nem nossa nosso os pela pelo quando sao sem seu seus sua tem tudo uma voces ainda sempre che chi ci cosi dal dalla
    degli dei della delle di dopo gli hanno i in io lei loro mai molto nel nella noi non nostra nostro per perche piu
    poi sono sta stato sul tra troppo tutti tutto volta volte
""")
_NORTHERN = _set("""
    aan al alle als altijd andere bij dan dat de deze die dit door dus een eens en er ge geen haar had heb hebben
    heeft het hier hij hoe ik in is ja je kan kon maar mee meer men met mijn moet na naar niet niets nog nu of om
    omdat ons onze ook op over steeds te tegen toch toe tot uit van veel voor waar wat we weer wel wij wil worden
    wordt zeer zelf zich zij zijn zo zonder att av blir da den det detta du efter ej eller ett for fra fran ha han har
    hun i ikke inte jag jeg kun med mer mycket nar og och pa sa sig sin ska skal som till til vad var vara vi vil a
    ale bo by byc co czy dla do gdy ich jak jest juz kiedy lub ma mi mnie mozna nam nas nie niz o od oraz po przez sie
    ta tak tam tego ten to tu ty w wszystko z za ze zeby а без бы в вас весь во вот все вы где да для до его ее если
    есть еще же за и из или им их к как когда кто ли мы на нам нас не него нет ни них но о он она они от очень по при
    с со так там то того тоже только у уже что чтобы эта это я
""")
COMMON = _ENGLISH | _GERMAN | _ROMANCE | _NORTHERN
# Of the scripts without spaces: frequent runs that carry no topic.
COMMON_RUNS = _set("""
    毎回 毎日 毎月 毎朝 今回 本当 非常 全然 全部 場合 必要 可能 不可 時間 一度 何度 以前 最近 現在 先月 今月 来月 自分
    我々 弊社 当社 御社 貴社 我们 你们 他们 这个 那个 没有 不能 可以 已经 每次 每天 우리 너무 매번 항상 정말
""")
