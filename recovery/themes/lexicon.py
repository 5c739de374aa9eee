"""Words of several languages that mean the same thing to a customer of business software.

Each line is one meaning. `word*` stands for every word that begins so, `one_two` for two or three words in a row;
scripts without spaces are found wherever they stand. Accents and case don't matter. A meaning is a hint by which
verbatims in different words, or in different languages, are seen as near; it is never a theme by itself, and what
no line knows is compared by its own words.
"""

# ruff: noqa: RUF001 (letters of other scripts that look like Latin ones are what these lines are about)

# What a complaint is about.
MEANINGS: dict[str, str] = {
    "support": """
        support* helpdesk help_desk service_desk ticket* agent agents customer_service customer_care hotline chatbot
        kundendienst kundenservice kundensupport kundenbetreuung assistance service_client soporte atencion_al_cliente
        servicio_al_cliente atendimento suporte suporte_tecnico assistenza klantenservice helpdesks kundtjanst
        サポート 問い合わせ 窓口 客服 客户服务 技术支持 工单 고객지원 고객센터 поддержк* техподдержк*
    """,
    "reply": """
        reply replies replied replying respond* answer* unanswered responsive unresponsive follow_up callback
        call_back called_back on_hold heard_back hear_back hear_from get_back got_back waiting_for ghosted antwort*
        geantwortet rueckmeldung* ruckmeldung* rueckruf ruckruf warteschleife reagier* repond* reponse* respuesta*
        contest* resposta* risposta* rispond* antwoord* reactie* 返信 返事 回答 対応 回复 答复 답변 응답 ответ*
        отвеча*
    """,
    "speed": """
        slow* sluggish lag lags laggy lagging load loads loading loaded latency performance speed fast faster freez*
        frozen spinner spinning hourglass unresponsive_page timeout timeouts times_out timed_out takes_forever seconds
        langsam* trage traege ladezeit* ladt laden geladen schnell* geschwindigkeit ruckel* sekunden wartezeit* lent*
        lenteur* ralenti* chargement charger rapide* rame secondes lento* lenta* lentitud carga cargar tarda velocidad
        segundos demora* lentidao carregar carregamento rapido caricamento lentezza traag laadtijd* snelheid langsom*
        遅い 遅く 遅すぎ 重い 重く 重すぎ 読み込み 表示速度 動作が 速度 卡顿 很慢 太慢 加载 느리 느려 로딩 속도
        медленн* тормоз* загруз*
    """,
    "outage": """
        outage* downtime uptime down went_down unavailable offline_again reliab* unreliab* stability unstable
        availability status_page incident* maintenance interruption* disruption* sla slas ausfall* ausgefallen
        ausfalle* verfugbar* nicht_erreichbar zuverlassig* unzuverlassig* wartung* panne* indisponib* fiab*
        interruption_de caida* caido disponibilidad inestab* estabilidad fiable* queda* instab* fora_do_ar affidabil*
        storing* onbetrouwbaar 障害 停止 落ち ダウン 不安定 安定性 止まる 止まり 宕机 故障 不稳定 장애 다운 불안정
        сбо* недоступ*
    """,
    "bug": """
        bug bugs buggy glitch* crash* error errors broken breaks broke bugfix* defect* regression* fehler* absturz*
        absturz abgestuerzt abgesturzt sturzt kaputt bogue* plante* plantage* erreur* fallo* falla* cuelga colgado
        errores erro erros trava travando bloqueos blocca errore errori fout fouten vastloop* バグ 不具合 エラー
        クラッシュ フリーズ 错误 崩溃 闪退 버그 오류 에러 ошибк* баг баги глюч*
    """,
    "price": """
        price* pricing pricey cost* expensive overpriced cheap* afford* budget* money value_for worth roi discount*
        tier tiers teuer* preis* kosten kostet preiserhohung* budget gunstig* cher chere chers prix tarif* couteu*
        cout couts caro cara caros precio* coste* costo* costoso presupuesto preco* prezz* duur prijs* prijzen 値段
        価格 料金 高い 高すぎ 値上げ コスト 费用 价格 太贵 昂贵 涨价 가격 비싸 비용 цен* дорог* стоимост*
    """,
    "increase": """
        increase* increased hike* raised raise uplift doubled tripled went_up goes_up go_up jump* erhoh* verdoppel*
        gestiegen augment* hausse* double_de subida* subio subieron aument* verhog* 値上げ 引き上げ 上がっ 涨 인상
        올랐 повы*
    """,
    "billing": """
        invoice* invoic* billing bill bills billed charged charge charges overcharge* refund* credit_note credit_card
        payment* vat purchase_order receipt* rechnung* abrechnung* abgebucht lastschrift zahlung* gutschrift
        ruckerstattung* buchhaltung facture* factura* facturac* paiement* rembours* prelev* cobro* cobra* cobrad*
        reembols* pago pagos fatura* cobranca* pagament* fattur* rimbors* addebit* factuur facturen betaling* 請求
        請求書 支払 返金 二重請求 发票 账单 扣款 退款 청구 결제 환불 송장 счет* оплат*
    """,
    "contract": """
        contract* renewal* renew auto_renew* autorenew* cancellation cancel cancelling terms lock_in locked_in
        notice_period legal procurement commitment_of vertrag* kundig* verlanger* laufzeit* contrat* resili* renouvel*
        engagement renovac* cancelar contrato* rescind* renova* contratto rinnov* disdett* opzeg* verleng* 契約 解約
        更新料 自動更新 合同 续约 取消 계약 해지 갱신 договор*
    """,
    "usability": """
        confus* unintuitive intuitive clunky cluttered complicated complex interface ui ux layout navigation navigat*
        menu menus buttons click clicks clicking user_friendly usability find_anything overwhelming convoluted
        cumbersome hard_to_use hard_to_find unubersichtlich* ubersichtlich* umstandlich* kompliziert* bedienung
        oberflache* benutzeroberflache* menu* klick* verwirrend* compliqu* ergonomi* intuiti* complicad* interfaz
        dificil_de_usar poco_intuitiv* complicat* onoverzichtelijk ingewikkeld 使いにくい 使いづらい 分かりにくい
        わかりにくい 操作 画面 複雑 メニュー 界面 复杂 难用 不直观 복잡 어렵 화면 직관 интерфейс* неудобн* запутан*
    """,
    "search": """
        search* filter* find_old lookup suche suchfunktion* suchergebnis* suchen recherche rechercher busqueda* buscar
        buscador filtr* pesquisa* ricerca* cercare zoekfunctie zoeken 検索 絞り込み 搜索 查找 검색 поиск*
    """,
    "reporting": """
        report* dashboard* chart* graph graphs analytic* insight* metric* kpi kpis visuali* bericht* auswertung*
        statisti* diagramm* kennzahl* rapport* tableau_de_bord tableaux_de_bord graphique* informe* reporte* tablero*
        graficos grafico relatorio* painel cruscott* rapportage* レポート ダッシュボード 集計 分析 グラフ 报表 报告
        仪表盘 보고서 대시보드 리포트 отчет* отчёт*
    """,
    "export": """
        export* csv excel spreadsheet* xlsx pdf download_data exportier* tabelle* exporter tableur exportar
        hoja_de_calculo esporta* exporteren エクスポート 書き出し 出力 导出 내보내기 엑셀 экспорт* выгруз*
    """,
    "import": """
        import imports imported importing migrat* data_load bulk_upload mapping importier* ubernahme importer*
        importac* importar migrac* importazione インポート 取り込み 移行 导入 迁移 가져오기 마이그레이션 импорт*
        миграц*
    """,
    "integration": """
        integrat* connector* api apis webhook* salesforce hubspot zapier sync_with plug_in plugin* zendesk jira
        netsuite schnittstelle* anbindung* angebunden connecteur* connexion_avec integrac* integraz* conector*
        koppeling* 連携 インテグレーション 集成 接口 对接 연동 интеграц*
    """,
    "sync": """
        sync* out_of_date stale duplicat* mismatch* out_of_step synchron* doppelt* sincron* doublon* duplicad*
        synchronis* 同期 重複 同步 重复 동기화 중복 синхрон* дубл*
    """,
    "accuracy": """
        wrong incorrect inaccura* accura* numbers figures totals discrepanc* don't_match doesn't_match trust_the
        falsch* zahlen stimmen ungenau* unstimmig* faux fausses chiffres inexact* incorrect* cifras numeros
        datos_erroneos errad* numeri sbagliat* cijfers kloppen 数字 合わない 間違 不正確 数据不准 不准确 숫자 부정확
        неверн* цифр*
    """,
    "login": """
        login* log_in logged_out logging_in sign_in signin signing_in sso saml okta azure_ad password* passwort*
        kennwort mfa 2fa two_factor authenticat* locked_out anmeld* einlogg* angemeldet abgemeldet connexion
        mot_de_passe se_connecter identifiant* iniciar_sesion contrasena* inicio_de_sesion senha* accesso_con inloggen
        wachtwoord* ログイン パスワード サインイン 認証 登录 密码 로그인 비밀번호 вход войти парол* логин*
    """,
    "permission": """
        permission* role roles access_control access_rights admin_rights restrict* visibility rbac berechtigung*
        rechte rechteverwaltung rollen zugriffsrecht* droits autorisation* permiso* permissao permissoes permessi
        rechten 権限 アクセス権 ロール 权限 角色 권한 права доступ*
    """,
    "security": """
        secur* complian* gdpr dsgvo rgpd soc2 soc_2 iso27001 privacy audit* encrypt* pentest* data_protection
        data_residency breach* datenschutz* sicherheit* verschlussel* securite confidentialit* seguridad privacidad
        proteccion_de_datos seguranca privacidade sicurezza beveiliging セキュリティ 個人情報 監査 安全 隐私 合规 보안
        безопасност*
    """,
    "mobile": """
        mobile* phone phones iphone* android ios tablet* ipad app_store smartphone* handy handys telefon mobil*
        unterwegs telephone portable mobiles movil* celular* telefono* cellulare mobiele スマホ モバイル アプリ版 携帯
        タブレット 手机 移动端 모바일 휴대폰 мобильн* телефон*
    """,
    "offline": """
        offline no_signal no_internet without_internet poor_connection warehouse_wifi ohne_internet ohne_netz funkloch
        hors_ligne hors_connexion sin_conexion sin_internet sem_internet オフライン 电波 圏外 离线 오프라인 офлайн
    """,
    "notification": """
        notif* alert* reminder* emails_from inbox spam spammed noise noisy digest benachrichtig* erinnerung* meldungen
        rappel* alerte* aviso* recordatorio* alertas notifica* lembrete* avvisi promemoria melding* 通知 アラート
        リマインダー 提醒 알림 уведомлен* оповещен*
    """,
    "onboarding": """
        onboard* set_up setup implement* rollout roll_out go_live kickoff kick_off getting_started get_started
        up_and_running einfuhrung* einrichtung* eingerichtet einarbeitung* implementier* mise_en_place demarrage
        deploiement* prise_en_main puesta_en_marcha implantac* implementac* configurac* implanta* avviamento
        inrichting 導入 初期設定 立ち上げ 上线 部署 实施 도입 온보딩 внедрен* настройк*
    """,
    "training": """
        training* trained tutorial* documentation docs manual* knowledge_base help_center help_article* help_pages
        learning webinar* guide guides learning_curve how_to schulung* dokumentation* anleitung* handbuch* hilfeseite*
        hilfeartikel* formation* tutoriel* aide_en_ligne formacion capacitac* documentac* guia guias treinamento*
        formazione documentazione handleiding* マニュアル ドキュメント ヘルプ 研修 説明書 使い方 文档 教程 培训 문서
        교육 매뉴얼 документац* обучен*
    """,
    "release": """
        update updates release releases redesign* new_version new_design new_ui changed changes rolled_out upgrade*
        old_version deprecat* aktualisier* neue_version neuen_version neues_design umgestellt neue_oberflache
        mise_a_jour mises_a_jour nouvelle_version nouvelle_interface actualiza* nueva_version nuevo_diseno atualiza*
        nova_versao aggiornament* nuova_versione アップデート 新しい画面 バージョン 改悪 リニューアル 更新 新版 改版
        업데이트 개편 обновлен* новая_версия
    """,
    "request": """
        roadmap feature_request* requested request requests backlog promised years_ago ask_for asked_for voted vote
        idea_portal ideas_portal wunsch* wunsche funktionswunsch* versprochen feuille_de_route demande_de demandes
        promesse* promis peticion* solicitud* hoja_de_ruta prometi* solicitac* richiest* promess* 要望 ロードマップ
        リクエスト 路线图 需求 요청 로드맵 запрос*
    """,
    "missing": """
        missing lacks lacking lack feature_gap* feature_set no_way_to there_is_no isn't_possible not_possible
        can't_even fehlt fehlen fehlende* keine_moglichkeit manque* absence falta faltan funcionalidades impossible_de
        faltam manca mancano ontbreekt ない機能 機能がない 足りない 缺少 没有功能 부족 없어 не_хватает отсутств*
    """,
    "manager": """
        csm csms account_manager account_rep account_team account_executive success_manager our_rep new_rep
        point_of_contact contact_person ansprechpartner* kundenbetreuer* betreuer* interlocut* charge_de_compte gestor
        gestora gerente_de_cuenta ejecutivo_de_cuenta gerente_de_conta referente accountmanager 担当者 担当 客户经理
        담당자 менеджер*
    """,
    "turnover": """
        turnover third_manager new_person changed_hands changes_every changed_again handed_over handed_off
        passed_around rotat* wechselt wechsel* gewechselt change_tous changent rotacion cambia_cada 変わる 変わり 交代
        换人 바뀌 меня*
    """,
    "sales": """
        sales salesperson sales_rep oversold overpromis* sold_us was_sold pitch* demo demoed misled mislead* vertrieb*
        verkauf* commercial commerciaux vendeur* vendedor* ventas vendieron comercial vendas vendit* verkoop* 営業
        销售 영업 продаж*
    """,
    "customise": """
        custom customi* configur* flexib* inflexib* rigid workflow* custom_field* template* adapt* anpass* anpassbar*
        starr felder vorlage* personnalis* modele* champs personaliz* plantilla* campos modelos personalizza* aanpas*
        カスタマイズ 柔軟 テンプレート 項目 自定义 定制 模板 커스터마이즈 설정 настраив* шаблон*
    """,
    "automation": """
        automat* trigger* rule rules manual_work by_hand manually repetitive handarbeit manuell* automatis* a_la_main
        manualmente a_mano tareas_manuales 自動化 手作業 手動 自动化 手动 자동화 수작업 автоматиз* вручную
    """,
    "language": """
        translat* localiz* localis* in_english english_only german_version french_version multilingual ubersetz*
        auf_deutsch deutschsprachig* nur_auf_englisch traduc* traduit* en_francais en_espanol solo_en_ingles
        em_portugues tradott* in_italiano 日本語 翻訳 英語のみ 英語だけ 中文 翻译 한국어 번역 перевод* на_русском
    """,
    "accessibility": """
        accessib* screen_reader* keyboard_navigation wcag contrast colour_blind color_blind barrierefrei*
        vorleseprogramm* accesibilidad lecteur_d_ecran アクセシビリティ 読み上げ 无障碍 접근성
    """,
    "limit": """
        limit limits quota* cap capped storage seat seats licen* lizenz* speicher* begrenz* licence* limite* licencia*
        almacenamiento licenza licenze limiet licentie* 上限 制限 ライセンス 容量 限制 许可 제한 라이선스 лимит*
        лиценз*
    """,
    "file": """
        attach* upload* file files document* anhang* anhange datei* hochlad* fichier* piece_jointe pieces_jointes
        archivo* adjunt* arquivo* anexo* allegat* bijlage* ファイル 添付 アップロード 文件 附件 上传 파일 첨부 файл*
    """,
    "calendar": """
        calendar* schedul* time_zone* timezone* meeting* appointment* kalender* termin* zeitzone* calendrier* fuseau*
        rendez_vous calendario* cita citas agenda* fuso_orario カレンダー 予定 タイムゾーン 日历 时区 일정 календар*
    """,
    "loss": """
        lost disappear* vanish* wiped gone deleted data_loss overwritten verloren verschwund* geloscht datenverlust
        perdu* disparu* perdid* perdi* desaparec* perso persi sparit* kwijt 消えた 消え 失わ 丢失 消失 사라 날아
        пропа* потеря*
    """,
    "leaving": """
        alternative* competitor* competing switch switching switched moving_to cancelled_our konkurrenz wettbewerb*
        wechseln_zu concurrent* competencia concorren* 他社 乗り換え 竞争对手 替代 경쟁사 конкурент*
    """,
    "value": """
        don't_use don't_need barely_use hardly_use adoption nobody_uses no_one_uses benefit* nutzen kaum_genutzt
        wenig_genutzt utilite pas_utilise no_usamos poco_uso 使っていない 活用できていない 没用 안써 не_пользу*
    """,
}
# What Latin letters with marks are written as, where more than the mark goes.
SPELLINGS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "\u0131": "i"})
