"""What the invoices say. All of it is invented: companies, people, places, numbers and banks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

Language = Literal["en", "de"]
LayoutName = Literal["letterhead", "boxes", "letter", "slip"]
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Item:
    article: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class Supplier:
    """One layout each; `address` are its lines below the name, `tax_percent` what it charges."""

    name: str
    address: tuple[str, ...]
    language: Language
    layout: LayoutName
    iban: str
    tax_percent: int
    emblem: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """`due` and `paid` are None where the page does not say; `customer` are lines of an address."""

    supplier: Supplier
    number: str
    written: date
    due: date | None
    customer_number: str
    customer: tuple[str, ...]
    items: tuple[Item, ...]
    paid: bool | None = None

    @property
    def net(self) -> Decimal:
        return sum((item.amount for item in self.items), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return (self.net * self.supplier.tax_percent / 100).quantize(_CENT, ROUND_HALF_UP)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    @property
    def truth(self) -> Mapping[str, Any]:
        """As `ocr_model.forms.field_truth` has it: dates in ISO, plain decimals."""
        return {
            "number": self.number,
            "date": self.written.isoformat(),
            "due": self.due.isoformat() if self.due else None,
            "supplier": self.supplier.name,
            "customer_number": self.customer_number,
            "net": str(self.net),
            "tax": str(self.tax),
            "total": str(self.total),
            "paid": self.paid,
            "iban": self.supplier.iban,
            "items": [
                {
                    "article": item.article,
                    "quantity": str(item.quantity),
                    "price": str(item.price),
                    "amount": str(item.amount),
                }
                for item in self.items
            ],
        }


def _items(text: str) -> tuple[Item, ...]:
    """ "2 x Desk lamp, brass @ 48.00; ..." """
    found = []
    for line in text.strip().split(";"):
        quantity, _, rest = line.strip().partition(" x ")
        article, _, price = rest.rpartition(" @ ")
        found.append(Item(article, int(quantity), Decimal(price)))
    return tuple(found)


_HARROW = Supplier(
    "Harrow & Tindle Lighting", ("14 Quayside Lane", "Merrowby MB4 7QT"), "en", "letterhead",
    "GB29MQZT60161331926819", 20, "wheel",
)  # fmt: skip
_OAKMERE = Supplier(
    "Oakmere Garden Supply", ("Unit 9, Fallow Road", "Stennick ST2 1PD"), "en", "boxes",
    "GB13SQXN20041510327734", 20, "leaf",
)  # fmt: skip
_BRANDIS = Supplier(
    "Brandis Messtechnik GmbH", ("Am Alten Wehr 12", "04899 Lohfelde"), "de", "letter",
    "DE91990400440532013000", 19, "waves",
)  # fmt: skip
_KELLING = Supplier(
    "Tischlerei Kelling", ("Mühlgasse 3", "29888 Oberwiesen"), "de", "slip",
    "DE65996105175407324931", 19, "peak",
)  # fmt: skip

INVOICES: Mapping[str, Invoice] = {
    "harrow_1": Invoice(
        _HARROW, "HT-20417", date(2026, 3, 14), date(2026, 4, 13), "C-1182",
        ("Bellweather Hotel", "22 Station Parade", "Cobbeton CB1 9RA"),
        _items("12 x Desk lamp, brass @ 48.50; 4 x Wall bracket, twin arm @ 31.20; "
               "30 x LED bulb E27, warm white @ 3.95"),
    ),
    "harrow_2": Invoice(
        _HARROW, "HT-20433", date(2026, 4, 2), date(2026, 5, 2), "C-0957",
        ("Lindqvist Interiors Ltd", "7 Mill Court", "Ashby Fen AF3 2LN"),
        _items("2 x Pendant, smoked glass @ 189.00; 2 x Ceiling rose, 5 outlets @ 22.75; "
               "1 x Dimmer module 400 W @ 64.10; 20 x Cable clip, white @ 0.35; "
               "1 x Delivery @ 12.00"),
    ),
    "harrow_3": Invoice(
        _HARROW, "HT-20460", date(2026, 5, 27), None, "C-1204",
        ("St Orla's Parish Office", "Church Walk", "Merrowby MB1 3DD"),
        _items("6 x Floodlight 50 W, outdoor @ 57.90; 1 x Installation, half day @ 210.00"),
    ),
    "oakmere_1": Invoice(
        _OAKMERE, "OG/26/0318", date(2026, 2, 9), date(2026, 2, 23), "40718",
        ("Mrs P. Hallam", "Rose Cottage, Elder Lane", "Stennick ST5 8WE"),
        _items("3 x Raised bed kit, larch @ 74.00; 10 x Compost, peat free 40 l @ 6.25; "
               "2 x Watering can, zinc @ 28.40"),
        paid=True,
    ),
    "oakmere_2": Invoice(
        _OAKMERE, "OG/26/0344", date(2026, 3, 3), date(2026, 3, 17), "40655",
        ("Denholm Primary School", "3 Orchard Way", "Little Denholm LD1 6BQ"),
        _items("25 x Trowel, child size @ 4.10; 1 x Greenhouse 6 x 8 ft @ 845.00; "
               "1 x Staging, slatted @ 119.95; 4 x Seed tray set @ 8.30"),
        paid=False,
    ),
    "oakmere_3": Invoice(
        _OAKMERE, "OG/26/0391", date(2026, 4, 21), date(2026, 5, 5), "40811",
        ("Fenwick & Daughters", "The Old Forge", "Stennick ST1 1AA"),
        _items("8 x Fruit cage net, 4 m @ 17.60; 16 x Support cane, 2.1 m @ 1.15"),
        paid=True,
    ),
    "brandis_1": Invoice(
        _BRANDIS, "RE-2026-0715", date(2026, 3, 5), date(2026, 4, 4), "K-33012",
        ("Stadtwerke Hollern", "Frau I. Petersen", "Deichstraße 40", "21787 Hollern"),
        _items("2 x Druckaufnehmer 0-16 bar @ 614.50; 2 x Kabelsatz 5 m, geschirmt @ 38.90; "
               "1 x Kalibrierschein @ 145.00"),
    ),
    "brandis_2": Invoice(
        _BRANDIS, "RE-2026-0741", date(2026, 3, 18), date(2026, 4, 17), "K-30876",
        ("Molkerei Sandau eG", "Einkauf", "Werkstraße 8", "39524 Sandau"),
        _items("4 x Temperaturfühler Pt100 @ 58.20; 4 x Tauchhülse, Edelstahl @ 41.75; "
               "1 x Anzeigegerät, 2 Kanäle @ 1238.00; 6 x Montagestunde @ 92.00; "
               "1 x Anfahrt @ 75.00"),
    ),
    # So many items that they go on to a second page.
    "brandis_3": Invoice(
        _BRANDIS, "RE-2026-0802", date(2026, 5, 11), date(2026, 6, 10), "K-33127",
        ("Wasserverband Nebelau", "Lager Nord", "Zum Pumpwerk 1", "17179 Nebelau"),
        _items("10 x Durchflussmesser DN 25 @ 312.00; 10 x Flanschsatz DN 25 @ 27.40; "
               "20 x Dichtung, EPDM @ 1.85; 3 x Schaltschrank IP 54 @ 486.00; "
               "12 x Reihenklemme, grau @ 2.15; 4 x Netzteil 24 V, 5 A @ 63.80; "
               "2 x Datenlogger, 8 Kanäle @ 729.00; 2 x Funkmodul 868 MHz @ 184.50; "
               "2 x Stabantenne @ 36.90; 40 x Kabelbinder, UV-fest @ 0.12; "
               "5 x Steuerleitung 4 x 0,75 @ 44.60; 8 x Montagestunde @ 92.00; "
               "1 x Inbetriebnahme @ 480.00; 1 x Anfahrt @ 75.00"),
    ),
    "kelling_1": Invoice(
        _KELLING, "118", date(2026, 1, 30), date(2026, 2, 13), "2077",
        ("Familie Arndt", "Lindenweg 17", "29888 Oberwiesen"),
        _items("1 x Zimmertür Eiche, eingebaut @ 742.00; 2 x Fensterbank, geölt @ 96.50"),
        paid=False,
    ),
    "kelling_2": Invoice(
        _KELLING, "126", date(2026, 2, 24), date(2026, 3, 10), "2064",
        ("Gasthof Zur Furt", "Am Markt 2", "29890 Niederwiesen"),
        _items("8 x Stuhl neu verleimt @ 34.00; 1 x Tischplatte abgeschliffen @ 180.00; "
               "3 x Arbeitsstunde Geselle @ 52.00"),
        paid=True,
    ),
    "kelling_3": Invoice(
        _KELLING, "139", date(2026, 4, 15), None, "2091",
        ("Kita Löwenzahn", "Schulstraße 5", "29888 Oberwiesen"),
        _items("14 x Garderobenhaken, Buche @ 8.75; 2 x Regal 120 x 80 cm @ 264.00; "
               "1 x Entsorgung @ 40.00; 5 x Arbeitsstunde Meister @ 61.00"),
        paid=True,
    ),
}  # fmt: skip
