"""Labels, headings and notes that many forms share, each label with the kind of its value."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "date", "time", "money", "number", "code", "person", "company", "place", "address", "phone",
    "words", "sentence", "yes_no", "title", "quantity",
]  # fmt: skip

# On nearly every form, so in both style families.
CORE: tuple[tuple[str, Kind], ...] = (
    ("Date", "date"), ("Name", "person"), ("No.", "code"), ("Title", "title"),
    ("Address", "address"), ("City", "place"), ("Telephone", "phone"), ("Amount", "money"),
    ("Total", "money"), ("Signature", "person"), ("Department", "words"), ("Description", "words"),
    ("Quantity", "quantity"), ("Code", "code"), ("Type", "words"), ("Company", "company"),
    ("Comments", "sentence"), ("Remarks", "sentence"), ("By", "person"), ("Time", "time"),
)  # fmt: skip

# Split between the families by position.
COMMON: tuple[tuple[str, Kind], ...] = (
    ("Full Name", "person"), ("Last Name", "person"), ("First Name", "person"),
    ("Date of Birth", "date"), ("Effective Date", "date"), ("Date Received", "date"),
    ("Date Issued", "date"), ("Due Date", "date"), ("Starting Date", "date"), ("Page", "number"),
    ("Number of Pages", "number"), ("Time In", "time"), ("Time Out", "time"), ("Age", "number"),
    ("Sex", "words"), ("Marital Status", "words"), ("Occupation", "title"), ("Employer", "company"),
    ("Social Security No.", "code"), ("State", "place"), ("Zip Code", "number"),
    ("County", "place"), ("Country", "place"), ("Street Address", "address"), ("P.O. Box", "code"),
    ("Phone No.", "phone"), ("Fax", "phone"), ("Fax Number", "phone"), ("Home Phone", "phone"),
    ("Extension", "number"), ("E-mail", "code"), ("Attention", "person"), ("Contact", "person"),
    ("Contact Person", "person"), ("Prepared By", "person"), ("Approved By", "person"),
    ("Requested By", "person"), ("Submitted By", "person"), ("Checked By", "person"),
    ("Received By", "person"), ("Reviewed By", "person"), ("Authorized By", "person"),
    ("Supervisor", "person"), ("Manager", "person"), ("Director", "person"), ("Agent", "person"),
    ("Division", "words"), ("Section", "words"), ("Region", "place"), ("Location", "place"),
    ("Plant", "place"), ("Office", "place"), ("Branch", "place"), ("Job Title", "title"),
    ("Position", "title"), ("Grade", "code"), ("Salary", "money"), ("Hourly Rate", "money"),
    ("Unit Price", "money"), ("Price", "money"), ("Net Amount", "money"), ("Subtotal", "money"),
    ("Total Cost", "money"), ("Budget", "money"), ("Balance", "money"), ("Tax", "money"),
    ("Discount", "number"), ("Deposit", "money"), ("Invoice No.", "code"), ("Order No.", "code"),
    ("P.O. Number", "code"), ("Account No.", "code"), ("File No.", "code"), ("Case No.", "code"),
    ("Ref. No.", "code"), ("Our Reference", "code"), ("Your Reference", "code"),
    ("Lot No.", "code"),
    ("Serial No.", "code"), ("Model", "code"), ("Part No.", "code"), ("Drawing No.", "code"),
    ("Contract No.", "code"), ("Policy Number", "code"), ("Docket No.", "code"), ("Item", "words"),
    ("Item No.", "code"), ("Product", "words"), ("Product Name", "words"), ("Material", "words"),
    ("Color", "words"), ("Size", "quantity"), ("Weight", "quantity"), ("Volume", "quantity"),
    ("Length", "quantity"), ("Temperature", "quantity"), ("Moisture", "quantity"),
    ("Pressure", "quantity"), ("Speed", "quantity"), ("Dosage", "quantity"), ("Rate", "number"),
    ("Ship To", "company"), ("Bill To", "company"), ("Ship Via", "words"), ("Terms", "words"),
    ("F.O.B.", "place"), ("Carrier", "company"), ("Vendor", "company"), ("Supplier", "company"),
    ("Customer", "company"), ("Client", "company"), ("Sponsor", "company"), ("Bank", "company"),
    ("Insured", "person"), ("Patient", "person"), ("Physician", "person"), ("Diagnosis", "words"),
    ("Hospital", "company"), ("Allergies", "words"), ("Medication", "words"), ("Student", "person"),
    ("School", "company"), ("Teacher", "person"), ("Course", "words"), ("Degree", "words"),
    ("Plaintiff", "person"), ("Defendant", "person"), ("Court", "place"), ("Judge", "person"),
    ("Attorney", "person"), ("Witness", "person"), ("Project", "words"), ("Project No.", "code"),
    ("Project Title", "words"), ("Project Leader", "person"), ("Purpose", "sentence"),
    ("Objective", "sentence"), ("Subject", "words"), ("Re", "words"), ("Reason", "sentence"),
    ("Method", "words"), ("Results", "sentence"), ("Conclusion", "sentence"), ("Scope", "sentence"),
    ("Background", "sentence"), ("Notes", "sentence"), ("Explain", "sentence"),
    ("Recommendations", "sentence"), ("Special Instructions", "sentence"), ("Other", "words"),
    ("Status", "words"), ("Priority", "words"), ("Frequency", "words"), ("Category", "words"),
    ("Source", "words"), ("Media", "words"), ("Edition", "words"), ("Circulation", "number"),
    ("Sample No.", "code"), ("Test No.", "code"), ("Run No.", "number"), ("Operator", "person"),
    ("Machine", "words"), ("Shift", "words"), ("Hours", "number"), ("Mileage", "number"),
    ("License No.", "code"), ("Vehicle", "words"), ("Make", "words"), ("Year", "number"),
)  # fmt: skip

FORM_KINDS = (
    "Form", "Report", "Request", "Application", "Record", "Summary", "Worksheet", "Statement",
    "Authorization", "Order", "Requisition", "Notice", "Certificate", "Survey", "Questionnaire",
    "Log", "Schedule", "Evaluation", "Checklist", "Transmittal", "Agreement", "Data Sheet", "Memo",
    "Registration", "Inventory", "Plan", "Review", "Claim", "Receipt", "Analysis", "Proposal",
    "Information Sheet", "Approval", "Release", "Estimate", "Card", "Voucher", "Invoice",
)  # fmt: skip

OPTIONS = (
    "Yes", "No", "Other", "None", "Male", "Female", "New", "Used", "Full", "Partial", "Daily",
    "Weekly", "Monthly", "Annual", "Single", "Married", "Full Time", "Part Time", "Cash", "Check",
    "Credit Card", "Mail", "Messenger", "Air Freight", "Truck", "Rail", "Regular", "Urgent",
    "Confidential", "Public", "Original", "Copy", "Increase", "Decrease", "Renewal", "Cancellation",
    "Permanent", "Temporary", "Domestic", "Foreign", "Open", "Closed", "Approved", "Rejected",
    "Pending", "Complete", "Incomplete", "Solid", "Liquid", "Powder", "Gas", "Low", "Medium",
    "High", "Large", "Small", "Owner", "Tenant", "Employee", "Visitor", "Contractor", "Student",
    "Morning", "Afternoon", "Evening", "Weekdays", "Weekends", "Light", "Heavy", "Flammable",
    "Inert", "Fragile", "Red", "White", "Blue", "Black", "Standard", "Special", "Retail",
    "Wholesale", "Pick Up", "Deliver", "Hold", "Return",
)  # fmt: skip

SCALES = (
    ("Poor", "Fair", "Good", "Excellent"), ("Yes", "No"), ("Low", "Medium", "High"),
    ("Never", "Sometimes", "Often", "Always"), ("Yes", "No", "N/A"), ("Pass", "Fail"),
    ("Disagree", "Neutral", "Agree"), ("Below", "Average", "Above"), ("True", "False"),
    ("Satisfactory", "Unsatisfactory"), ("1", "2", "3", "4", "5"), ("Weak", "Moderate", "Strong"),
)  # fmt: skip

NOTES = (
    "(Please print)", "(Please type or print)", "(Please specify)", "(if applicable)",
    "(Attach additional sheets if necessary)", "(Check one)", "(See reverse side)",
    "(Month/Day/Year)",
    "(Use separate form for each item)", "(Include area code)", "(Continue on back)", "(Optional)",
    "(To be completed by the applicant)", "(For internal use only)", "(Explain below)",
    "(Circle one)", "(in thousands)", "(Complete all sections)", "(Do not write in this space)",
    "(Number and street)",
)  # fmt: skip

SECTION_WORDS = (
    "Information", "Data", "Details", "Requirements", "Section", "History", "Instructions",
    "Summary",
    "Approvals", "Results", "Distribution", "Analysis", "Expenses", "Schedule", "Activities",
    "Use Only", "Specifications", "Conditions", "Personnel", "Services", "Status", "Costs",
)  # fmt: skip

STAMPS = (
    "RECEIVED", "APPROVED", "COPY", "CONFIDENTIAL", "FILED", "PAID", "DRAFT", "ENTERED", "URGENT",
    "POSTED", "CANCELED", "CHECKED",
)  # fmt: skip
