"""Words that forms of all trades share, written down for this generator; all of them harmless.

Each list is split between the two style families by position; `CORE` belongs to both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

StyleName = Literal["train", "held-out"]
Word = TypeVar("Word")


def half(listed: Sequence[Word], style: StyleName) -> Sequence[Word]:
    """`([a, b, c, d], "train") -> [a, c]`, `([a, b, c, d], "held-out") -> [b, d]`."""
    return listed[0 if style == "train" else 1 :: 2]


# Things that forms ask about.
NOUNS = """
account agency amount application appointment approval area article asset assessment attachment
authority balance bank batch bed benefit bid board body branch budget building bulletin bureau buyer
cabinet campaign capacity card cargo carrier case category center certificate chapter charge check
claim class classification clause client clinic code collection color comment commission committee
company complaint component compound computer condition contact container contract contractor
control copy cost council country county coupon course coverage credit crew currency customer damage
data deadline dealer debit deduction defect delivery department deposit depth description
destination diagnosis diameter dimension director disposal distance distribution district division
document dosage draft drawing driver duration duty education effect element employee employer engine
entry equipment error estimate evaluation event evidence examination exchange exhibit expense
experience exposure extension facility factor faculty family feature fee field file filter finding
firm fleet floor flow form formula frequency fuel function fund goods grade grant group guarantee
hazard heading health height holder hospital hour house identity import incident income index
industry information injury input inspection institution instruction instrument insurance interest
interval interview inventory investment invoice issue item job journal journey jurisdiction keeper
laboratory labor land language lease length lesson letter level liability library license limit line
list load loan location lot machine mail maintenance manager manual manufacturer map margin market
material matter meal measure media medication meeting member memo message meter method mileage
minister mixture model module month mortgage motor notice number nurse nutrition object objective
observation occupation office officer operation operator option order organization origin outcome
output owner package page panel parcel parent part participant partner party passenger patient payee
payment payroll penalty pension percentage performance period permit person phase phone physician
plan plant plate platform plot point policy population port position power practice premium pressure
price principal print priority procedure process product profession profit program project promotion
property proposal protocol provider publication pump purchase purpose quality quantity quarter
question quota quotation range rate rating reading reason receipt recipient record reference refund
region registration regulation relation remark rent repair replacement report representative request
requirement research reservation residence resource response result return revenue review revision
risk road role room route salary sale sample schedule scheme school scope season seat section sector
security seller sender series service session setting sheet shift shipment shop signal site size
skill software source space specification speed sponsor staff stage standard state statement station
status stock storage store street structure student study subject subscription substance summary
supervisor supplier supply surface survey symptom system table target task tax teacher team
technician temperature tenant term territory test title ton tool topic total tour town track trade
training transaction transfer transport travel treatment trial trip truck trustee type unit
university usage user utility vacancy valuation value valve vehicle vendor venue version vessel
visit volume voucher wage warehouse warranty waste water week weight width witness word work year
yield zone
""".split()

MODIFIERS = """
accounting actual additional adjusted administrative agreed allocated alternate annual approved
assigned associated authorized available average base basic billing business central certified
chief city civil clinical commercial common complete corporate current daily declared deferred
direct domestic dual eligible emergency engineering environmental estimated expected expiration
external federal final financial first fiscal fixed foreign former full future general gross guest
highest home individual industrial initial inside insured intended internal international joint key
last late legal linear local lowest main major manual marital maximum medical minimum minor mobile
monthly municipal national natural net new next nominal normal official old opening optional
original other outside overall overdue paid partial past permanent personal physical planned
postal preferred preliminary present previous primary principal prior private professional projected
proposed public quarterly raw regional registered regular related remaining requested required
residential retail revised rural scheduled second secondary senior separate short single social
special specific standard starting state statistical supplemental technical temporary tentative
third top total unit urban usual variable verified visual weekly wholesale yearly
""".split()

PARTICIPLES = """
accepted acknowledged added adjusted advised allowed amended analyzed applied appointed approved
arranged assembled assigned attached audited authorized awarded billed calculated canceled carried
certified changed charged checked cleared closed collected compiled completed confirmed considered
consulted corrected counted created credited declared delivered described designed destroyed
determined developed discussed dispatched displayed distributed drawn employed ended endorsed
entered established examined executed expected expired filed filled finished forwarded found
granted handled hired identified inspected installed issued labeled licensed listed loaded located
logged mailed manufactured measured mixed modified moved noted notified observed obtained opened
ordered packed paid performed placed posted prepared presented printed processed produced provided
published purchased received recommended recorded reduced referred registered rejected released
removed renewed repaired replaced reported requested required returned reviewed revised sampled
scheduled sealed selected sent served shipped signed sold stored submitted supplied surveyed taken
tested transferred treated typed updated used validated verified weighed withdrawn witnessed written
""".split()

VERBS = """
accept add advise allow answer apply approve arrange assess attach attend avoid bring call change
check choose collect compare complete confirm consider contact continue correct cover deliver
describe detach determine discuss enclose ensure enter estimate evaluate examine explain file fill
finish follow forward furnish give handle identify include indicate inform inspect install issue
keep leave list mail maintain mark measure meet mention note notify obtain observe open order pay
perform place prepare present print proceed process produce provide read receive recommend record
reduce refer register remove repeat replace reply report request require return review revise save
schedule select send separate settle show sign start state store submit supply support suspend
test transfer treat type update use verify visit wait withdraw write
""".split()

ADJECTIVES = """
accurate acceptable adequate appropriate attached available careful clear close complete
considerable correct current detailed different early easy effective enclosed entire equal essential
excellent extra fair favorable final firm formal frequent full further general good great heavy
helpful high immediate important independent initial large last late light likely limited local long
low major minor modest narrow necessary new normal obvious ordinary original particular personal
positive possible practical present prior prompt proper quick rapid ready reasonable recent regular
relevant reliable remote responsible right safe satisfactory separate serious several short
significant similar simple slight small smooth solid special stable steady strong substantial
successful suitable sufficient technical thorough timely typical unusual upper urgent useful valid
various visible warm whole wide written
""".split()

ADVERBS = """
again already also always clearly completely currently directly early finally formally fully
generally immediately jointly later mainly monthly normally now often only partly periodically
previously promptly properly quickly recently regularly separately shortly slightly soon still
there today together twice usually weekly well
""".split()

FIRST_NAMES = """
Adam Agnes Alan Alice Amanda Andrea Andrew Angela Anna Anthony Arthur Barbara Benjamin Bernard Beth
Brian Carol Catherine Charles Christine Clara Colin Daniel David Deborah Dennis Diana Donald Doris
Edward Eileen Elaine Eleanor Emma Eric Ernest Esther Evelyn Felix Florence Francis Frank Fred
George Gerald Gloria Gordon Grace Harold Harriet Harvey Helen Henry Howard Irene Isaac Jack James
Janet Jean Jeffrey Joan John Joseph Joyce Judith Julia Karen Keith Kenneth Larry Laura Leon Leonard
Lewis Linda Louis Lucy Margaret Maria Mark Martha Martin Mary Matthew Maurice Michael Miriam Nancy
Nathan Nicholas Nora Norman Oliver Oscar Pamela Patrick Paul Peter Philip Rachel Ralph Raymond
Rebecca Richard Robert Roger Ronald Rosa Roy Ruth Samuel Sandra Sarah Sharon Simon Sophia Stanley
Stephen Susan Sylvia Teresa Theodore Thomas Timothy Vera Victor Vincent Virginia Walter Warren
Wendy William
""".split()

LAST_NAMES = """
Abbott Ackerman Alden Allison Ames Anders Archer Atwood Bailey Baker Ballard Barlow Barnes Bauer
Beckett Bennett Benson Berger Bishop Blake Bowen Bradley Brandt Brewer Briggs Brooks Burke Burnett
Byrne Calder Cameron Carlson Carver Chandler Chapman Clarke Clayton Cole Collins Conrad Cooper
Corbett Crane Curtis Dalton Daniels Dawson Delgado Denton Dixon Donovan Drake Duncan Eaton Ellis
Emery Erickson Everett Farrell Ferguson Fischer Fleming Foster Fowler Franklin Fuller Gardner
Garrett Gibson Gilbert Goodwin Graham Grant Greene Griffin Hale Hammond Hansen Harding Harper Hayes
Henderson Hoffman Holland Holmes Hopkins Hudson Hughes Hunter Irving Jacobs Jansen Jarvis Jensen
Jordan Keller Kendall Kennedy Klein Knight Lambert Larson Lawson Lindgren Logan Lowell Lucas Lynch
Madden Manning Marsh Mason Maxwell Meyer Miller Monroe Morgan Morris Murphy Nash Nelson Newman
Nielsen Nolan Norris Norton Olsen Owens Palmer Parker Patterson Pearson Perkins Peters Porter Powell
Preston Quinn Ramsey Reeves Reynolds Rhodes Rivera Roberts Rogers Rossi Russell Sanders Schmidt
Schneider Shaw Sheldon Sinclair Snyder Spencer Stanton Stevens Stewart Sullivan Sutton Taylor
Thornton Tucker Turner Vaughn Wagner Walker Wallace Walsh Warner Watson Weaver Webster Wheeler
Whitney Willis Winters Woods Young Zimmer
""".split()

STREETS = """
Acorn Adams Ashland Bridge Canal Cedar Chestnut Church College Commerce Court Dover Elm Fairview
Forest Franklin Garden Grove Harbor Highland Hill Jackson Jefferson King Lake Lincoln Locust Madison
Main Maple Market Meadow Mill Monroe Oak Orchard Park Pearl Pine Pleasant Prospect Railroad Ridge
River School Spring State Summit Sycamore Union Valley Vine Walnut Washington Water Willow
""".split()

CITIES = """
Albany Arlington Ashford Atlanta Austin Baltimore Bedford Boston Bristol Buffalo Burlington
Camden Canton Charleston Chester Chicago Cleveland Clinton Columbia Concord Dallas Dayton Denver
Detroit Dublin Durham Easton Edison Elgin Fairfield Florence Fresno Geneva Georgetown Greenville
Hamilton Hartford Houston Jackson Kingston Lancaster Lexington Lincoln London Madison Manchester
Marion Memphis Miami Milford Milton Monroe Newark Newport Norfolk Oakland Omaha Oxford Phoenix
Plymouth Portland Princeton Quincy Raleigh Reading Richmond Riverside Rochester Salem Seattle
Springfield Stamford Toledo Trenton Tucson Vienna Warren Washington Waterloo Wilmington Winchester
York
""".split()

TRADES = """
Advertising Agricultural Air Analytical Assembly Automotive Aviation Bearing Boiler Book Brass
Building Cable Carpet Catering Cement Ceramic Chemical Cleaning Coal Coating Cold Communications
Consulting Container Control Copper Crane Dairy Data Dental Design Dye Electric Electronics Energy
Engineering Environmental Equipment Fabric Farm Feed Film Financial Fire Flour Food Foundry Freight
Fruit Furniture Garden Gas Glass Grain Graphics Hardware Harvest Heating Heritage Hotel Hydraulic
Ice Industrial Information Instrument Insurance Iron Laundry Leasing Leather Library Lighting Lumber
Machine Management Marine Marketing Medical Metal Milling Mining Mortgage Motor Music Mutual
Navigation Nursery Office Oil Optical Packaging Paint Paper Pharmacy Photo Pipe Plastics Plumbing
Power Precision Printing Publishing Pump Radio Rail Realty Refining Refrigeration Research Rubber
Safety Salt Seed Shipping Shoe Software Spring Stamp Steel Storage Supply Surgical Survey Tanker
Technical Textile Tile Timber Tire Tool Tower Towing Toy Travel Truck Valve Water Weaving Welding
Window Wire Wood Wool
""".split()
COMPANY_ENDS = """
Company Corporation Inc. Ltd. Associates Institute Co. Group Laboratories Partners Services Agency
Industries Foundation Works Council Brothers Bureau Systems International
""".split()

UNITS = """
kg g mg lb oz tons cm mm in. ft. m km ml gal. hrs min. days % pcs cases boxes psi rpm deg. C
""".split()

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
STATES = """
AL AZ CA CO CT DE FL GA IL IN IA KS KY LA MA MD ME MI MN MO NC NH NJ NY OH OR PA RI TX VA
""".split()
