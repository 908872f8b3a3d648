"""Words that forms print as labels in general, written by hand and not taken from a data set.

Abbreviations included. Which words a phrase shares with this list is one feature among many.
"""

from __future__ import annotations

LABEL_WORDS = frozenset(
    """
    ability absence access accident account accounts acct action active activity actual added
    additional address adjustment admission advance advertising affiliation after age agency agent
    aim alternate amount amt analysis analyst annual answer applicant application applied
    appointment approval approvals approved area arrival article assessment asset assigned
    assistant association attached attachment attention attn audience audit author authorized award
    background balance bank bar base basis batch begin bill billing birth block board born box
    branch brand breakdown budget building bureau business busy buy buyer by calendar call cancel
    capacity car carrier case cash catalog category cause cc cell center certificate change changes
    channel chapter characteristics charge charges chart check chemical child children citizenship
    city claim class clearance clerk client closing code color column comment comments commission
    committee commodity company completed completion composition concentration conclusion condition
    conference confirmation consignee construction consultant consumer contact container content
    contents contract contractor control coordinator copies copy corporate corrected corrective
    cost count country county coupon course coverage create created credit criteria cross currency
    current customer cycle daily damage data date dated day deadline dealer debit decision
    deduction defect degree deliver delivered delivery density department deposit dept depth desc
    description design designation destination detail details developed development device
    diagnosis diameter dimension dimensions direct director disability discharge discount
    disposition distance distribution district division doctor document dosage dose draft drawing
    drive driver drug due duration earnings education effect effective effects election eligible
    email emergency employed employee employer employment enclosure end engine engineer entry
    environment equipment equivalent error estimate estimated evaluation event evidence examination
    examiner exception exhibit expected expenditure expense expenses experience experiment
    expiration expiry explanation exposure extension external facility factor factory failure
    family farm fax feature fee fees field figure file final finance financial findings finish
    first fiscal flight follow foreman form formula formulation forward freight frequency from fuel
    full function fund funding funds gender general given goal goods government grade grand gross
    group guarantee guardian handling hazard head heading health height high history holder home
    hospital hotel hour hours household id identification implementation import incident income
    incorporated index indicate industry information ingredient ingredients initial initials
    initiated injury inspection inspector installation institution instruction instructions
    instrument insurance insured interest internal interview introduction inventory investigator
    invoice invoiced invoices issue issued item items job joint journal key kind lab label labor
    laboratory land language last lead lease left legal lender length letter level liability
    license lien limit line lines list literature load loan local location long loss lot low
    machine made maiden mail mailing main maintenance make man management manager manufacturer
    marital mark market marketing markets master material materials matter maximum means measure
    measurement media medical medication medicine meeting member message method mileage minimum
    minutes misc mode model models moisture money month monthly mother move name names nationality
    needed net new next no nominee normal nos notary note notes notice notification num number
    object objective objectives observation occupancy occupation offer office officer open
    operating operation operator opinion option options order orders organization origin original
    other others outcome outlet output outside owner package packaging packing page pages paid
    parameter parent part participant particulars parties partner parts party passport past patient
    pay payable payee payment payroll pension percent performance performed period permit person
    personal personnel phase phone photo physical physician pick piece pieces place placement plan
    plant point points policy population port portion position post postal potential practice
    preliminary premium preparation prepared prescription present president pressure previous price
    primary principal print printed prior priority problem procedure proceeds process processed
    producer product production professional profit program project promotion proof property
    proposal proposed protocol provided provider publication purchase purchaser purpose qty quality
    quantity quarter question questions quotation quote race range rank rate rating ratio raw read
    reading reason reasons receipt received receiver recipient recommendation recommendations
    recommended record records reduction reel ref reference referred refund region registered
    registration regular rejected related relation relationship release remarks renewal rent repair
    replacement reply report representative reproduction request requested requester requestor
    requests required requirements rerun research reservation residence resolution response
    responsibility responsible result results retail retention return returned revenue reverse
    review reviewed reviewer revised revision right risk room route routing rule run safety salary
    sale sales sample samples save schedule school scope score search second secretary section
    security seller selling sender sent serial series services session set settlement sex shape
    share sheet shift shipment shipped shipping short show sign signatory signature signed similar
    site size sizes skill social sold solution source space special species specific specification
    specifications specify speed sponsor spouse staff stage standard start state statement station
    statistics status step stock stop storage store street strength structure student studies study
    style subject submission submitted subtotal successful suggested suite summary supervisor
    supplement supplier supply support surface surname survey symptom system table target task tax
    taxable taxes team technical tel telephone telex temperature term terms territory test testing
    tests theme third ticket tier time title to today tool topic total town transaction transfer
    transmission transmittal transport travel treatment trip truck type unit units university until
    unused update use used user valid value vehicle vendor verified version via visit volume vote
    voucher warehouse warning warranty water week weekly weight width witness witnesses work worker
    written year yearly years yield zip
    """.split()  # noqa: SIM905  a list of quoted strings does not read
)
