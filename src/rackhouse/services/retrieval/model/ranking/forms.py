"""Words that say nothing of what is sought, and English words whose forms no stemmer brings
together.
"""

from __future__ import annotations

_FILLERS = """
    a an the and or of in on to for with by from at as is are was were be been being am do does
    did have has had i you he she it we they his her its their my your our this that these those
    what which who whom whose when where how why but if then so than into unto upon ye thou thee
    thy thine hath doth shall will shalt wilt me him us them there can could would should may
    might must about any some el la los las un una unos unas y o de del en con por para que se
    su sus lo al es son fue
"""
FILLERS = frozenset(_FILLERS.split())

_FAMILIES = """
    have hath hast had | do doth dost did done | speak spake spoke spoken | beget begat begot
    begotten | break brake broke broken | swear sware swore sworn | bear bare bore borne born |
    man men | woman women | child children | go went gone | give gave given | take took taken |
    come came | see saw seen | know knew known | slay slew slain | eat ate eaten | fall fell
    fallen | weep wept | teach taught | bring brought | buy bought | think thought | seek sought
    | fight fought | steal stole stolen | choose chose chosen | write wrote written | build
    built | send sent | keep kept | sleep slept | die died | lose lost | find found | tell told
    | sell sold | forgive forgave forgiven | forget forgat forgot forgotten | brother brethren
    brothers | foot feet | tooth teeth | ox oxen | drink drank drunk | draw drew drawn | throw
    threw thrown | ride rode ridden | rise rose risen | arise arose arisen | sing sang sung |
    run ran | leave left | lead led | flee fled | feed fed | meet met | make made | say said
    saith | hear heard | hide hid hidden | hold held | bind bound | wife wives | life lives |
    wolf wolves | sheaf sheaves | mouse mice | stand stood | understand understood | begin began
    begun | blow blew blown | cleave clave cleft | dig digged dug | drive drave drove driven |
    grow grew grown | hang hung hanged | lay laid | lie lain | lend lent | light lit | pay paid
    | rend rent | shake shook shaken | shine shone | shoot shot | sink sank sunk | sit sat |
    smite smote smitten | spring sprang sprung | strike struck stricken | strive strove | sweep
    swept | tear tare tore torn | tread trod trodden | wear wore worn | weave wove woven | win
    won | wake woke | awake awoke
"""

IRREGULAR = {
    form: family[0]
    for family in (each.split() for each in _FAMILIES.split("|"))
    for form in family[1:]
}
