"""English words by which a promise is told from a wish. The vague words themselves are the policy's."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Verbs that leave something with the customer. Their forms are made below.
_DELIVER = _set("""
    add assign attach automate backport bill book build call cancel change close complete configure connect copy
    correct create credit cut decide deliver demo deploy disable document double downgrade draft email enable enforce
    exclude export extend finish fix freeze give grant guarantee halve handover hire host import include increase
    install integrate introduce invite invoice join launch limit localise localize lock lower map merge migrate move
    name open patch pay pin present print process produce provide provision publish raise rebuild recalculate reduce
    refund reimburse release remove rename reopen repair replace reply reset resolve restore retire return rewrite
    roll run schedule seat send set ship show sign speed split staff start stop store supply swap switch tell test
    train transfer translate triple turn unlock update upgrade upload visit waive walk write
""")
_IRREGULAR = (
    *("built", "rebuilt", "sent", "gave", "given", "paid", "wrote", "written", "rewrote", "rewritten", "ran", "met"),
    *("meet", "meets", "hold", "holds", "held", "brings", "froze", "frozen", "shown", "told", "halved", "redesigned"),
    *("redesign", "redesigns", "credited", "put", "puts", "gets", "get", "got", "goes", "go", "went"),
)
_NOT_OF_DELIVERY_BEFORE = {
    "update": frozenset({"you", "them", "him", "her", "us", "on"}),
    "get": frozenset({"back", "to", "better", "in", "it", "this", "that", "on", "a"}),
    "go": frozenset({"through", "over", "back", "ahead", "forward", "from", "to", "the"}),
    "put": frozenset({"it", "this", "that", "more", "effort"}),
    "run": frozenset({"it", "this", "that"}),
    "give": frozenset({"it", "this", "feedback", "priority", "attention"}),
    "show": frozenset({"that", "how", "we"}),
    "start": frozenset({"looking", "thinking", "working", "to", "a", "the", "with"}),
    "set": frozenset({"expectations", "priorities"}),
    "move": frozenset({"this", "it", "forward", "faster"}),
    "raise": frozenset({"it", "this", "that", "awareness", "with", "your", "concerns", "the"}),
    "send": frozenset({"feedback"}),
    "turn": frozenset({"this", "it", "things"}),
}


def _forms(verb: str) -> tuple[str, ...]:
    stem = verb.removesuffix("e")
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return (verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing")
    third = f"{verb}es" if verb.endswith(("sh", "ch", "x", "ss")) else f"{verb}s"
    doubled = f"{verb}{verb[-1]}"  # shipped, cutting
    return (verb, third, f"{stem}ed", f"{stem}ing", f"{doubled}ed", f"{doubled}ing")


# Each form, with the words after which it is no delivery: "sends an invoice" is one, "send feedback" isn't.
_VERB_OF = {"gets": "get", "got": "get", "goes": "go", "went": "go", "puts": "put", "gave": "give", "ran": "run"}
DELIVERY = {form: _NOT_OF_DELIVERY_BEFORE.get(verb, frozenset()) for verb in _DELIVER for form in _forms(verb)} | {
    form: _NOT_OF_DELIVERY_BEFORE.get(_VERB_OF.get(form, form), frozenset()) for form in _IRREGULAR
}
# A verb in its first form is one after these or at the start: "will export", "and export", not "the CSV export".
BASES = _DELIVER | _set("meet hold get go put redesign")
BEFORE_BASE = _set("will we'll i'll they'll he'll she'll shall to and or then we i they you can please")
BETWEEN = _set("also then now always personally both together jointly just even all")
PROGRESSIVE = _set("is are am be we're i'm they're she's he's starts start")
WISHES = _set("want wants like love hope hoping need needs try trying")
OUTCOMES = ("available", "live", "in production", "in place", "from day one", "free of charge")
NAYS = ("no", "not", "never", "cannot", "can't", "cant", "won't", "wont", "isn't", "aren't", "doesn't", "don't", "nor")
# What promises without saying what: these ask for a verb of delivery beside them.
SUBJECTS = _set("we i we'll i'll we're will shall should would could they'll")
WEAK = _set("""
    improve improves improved improving improvement improvements better enhance optimise optimize prioritise prioritize
    prioritised prioritized ensure ensures address handle support help work review analyse analyze investigate discuss
    plan learn listen understand coordinate focus communicate respond react care apologise apologize revisit reconsider
    assess track liaise feedback let see aware inform informed keep push chase ask evaluate discussed discussion sort
    escalate escalated know try consider monitor
""")
DETERMINERS = _set("""
    a an the this that these those our your their its his her my any some no every each new possible quick
""")
OBJECT_STARTERS = _set("the a an it this that these those their your our its his her how whether for closely")
WANTING = _set("""
    going want wants plan plans planning like love need needs hope hoping able have has ought intend willing
""")
# Words by which an English text is told from a text in another language.
ENGLISH = _set("""
    the and to with for by from of it this that their they we'll will our your is are on at all every each
""")
FOREIGN = _set("""
    der die das den dem und mit für wir ein eine einen zum zur bis nicht le la les un une et pour avec nous des
    du el los las y con para por se lo gli il che di per non het een en voor met wij de och att på vi till som av
    o os do da em ao com uma um não
""")
NOBODY = _set("""
    someone somebody anyone anybody everyone everybody nobody team teams tbd tba tbc n/a na none us we all
    they engineering product support success management devs dev developers sales marketing operations ops legal finance
    whoever unknown xxx
""")
