"""Words that make a phrase running text, a name, a unit or a choice, written by hand.

No list was extracted from a data set. The words of labels are in `label_words`.
"""

from __future__ import annotations

FUNCTION_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be been before being below between
    both but by can cannot could did do does during each either every few for from further had has
    have having he her here him his how i if in into is it its itself may me might more most must
    my neither no nor not of off on once only or other our out over own same shall she should so
    some such than that the their them then there these they this those through to too under until
    up upon us very was we were what when where which while who whom why will with within without
    would you your please
    """.split()  # noqa: SIM905
)

# Common given names and surnames, months, weekdays, countries and large towns.
NAMES = frozenset(
    """
    adam alan albert alex alice amy andrew angela ann anna anne anthony arthur barbara ben benjamin
    betty bill bob brian bruce carl carol catherine charles charlotte chris christian christine
    claire clara daniel david deborah dennis diana donald donna dorothy douglas edward eleanor
    elizabeth emily emma eric eva frances francis frank fred gary george gerald grace greg hannah
    harold harry helen henry howard ian irene jack jacob james jane janet jason jean jeff jennifer
    jerry jessica jim joan joe john jonathan joseph joyce judith julia julie karen karl kate
    katherine kathleen keith kelly kenneth kevin larry laura lawrence leo leon linda lisa louis
    lucy margaret maria marie marilyn mark martha martin mary matthew michael michelle mike nancy
    nicholas nicole nora oliver oscar pamela patricia patrick paul peter philip rachel ralph
    raymond rebecca richard robert roger ronald rose roy russell ruth ryan samuel sandra sarah
    scott sean sharon simon sophie stephen steve steven stuart susan teresa theresa thomas timothy
    tom tony victor victoria vincent walter wayne william
    adams allen anderson bailey baker barnes bell bennett brooks brown butler campbell carter clark
    coleman collins cook cooper cox cruz davis diaz edwards evans fisher flores foster garcia gibson
    gomez gonzalez graham grant gray green griffin hall hamilton harris harrison hayes hernandez
    hill hughes hunt jackson jenkins johnson jones jordan kennedy king lee lewis long lopez marshall
    martinez mason miller mitchell moore morgan morris murphy murray myers nelson owens parker
    patterson perez perry peterson phillips powell price ramirez reed reyes reynolds richardson
    rivera roberts robinson rodriguez rogers ross russell sanchez sanders simmons smith stevens
    stewart sullivan taylor thompson torres turner walker wallace ward washington watson west white
    williams wilson wood woods wright young
    mr mrs ms dr prof jr sr esq phd md inc ltd corp co llc llp gmbh plc
    jan january feb february mar march apr april jun june jul july aug august sep sept september
    oct october nov november dec december mon monday tue tues tuesday wed wednesday thu thurs
    thursday fri friday sat saturday sun sunday
    america usa uk england scotland ireland canada mexico france germany spain italy japan china
    india brazil australia york london paris berlin boston chicago dallas denver detroit houston
    atlanta miami philadelphia phoenix seattle francisco angeles diego texas california florida
    ohio virginia carolina georgia illinois michigan pennsylvania jersey massachusetts kentucky
    street avenue ave blvd boulevard road rd lane drive suite floor north south east west
    """.split()  # noqa: SIM905
)

UNITS = frozenset(
    """
    mm cm m km in ft yd mi mg g kg oz lb lbs ml l gal hr hrs min sec am pm ppm psi rpm mph hz khz
    mhz v kv w kw usd eur gbp days weeks months years pages pcs ea each
    """.split()  # noqa: SIM905
)

CHOICES = frozenset("yes no n/a na none male female m f y true false other single married".split())  # noqa: SIM905
