"""The same kinds of words in German, French, Spanish and Polish, written by hand.

The bundled weights were fitted on English forms; to them a word of a list counts the same in any
language. Words that mean something else in English are left out ("die", "tag", "pan").
"""

from __future__ import annotations

LABEL_WORDS = frozenset(
    """
    abteilung adresse aktenzeichen alter amt anlage anlagen anschrift ansprechpartner antrag
    antragsteller antragstellers anzahl artikel aufgabe auftrag auftraggeber auftragsnummer ausgabe
    aussteller ausweis bank bankleitzahl beginn bemerkung bemerkungen beruf beschreibung besteller
    bestellnummer bestellung betrag betreff bezeichnung blatt datum dauer eingang einheit
    einzelpreis empfänger ende ergebnis erstellt familienname familienstand farbe fax firma gebühr
    geburtsdatum geburtsname geburtsort gesamt gesamtbetrag geschlecht gewicht größe grund gültig
    hausnummer höhe kennzeichen kontonummer kosten kostenstelle kunde kundennummer land lieferant
    lieferdatum lieferschein lieferung menge name nachname nummer ort ortsteil patient position
    postleitzahl preis projekt prüfer prüfung rechnung rechnungsnummer rückgabe seite sitz
    staatsangehörigkeit stadt stand straße stunden summe telefon telefonnummer termin titel
    überweisungsbetrag uhrzeit unternehmen unterschrift unterschriften versicherung vertrag vorname
    währung werk wohnort zahlung zeichen zeitraum ziel zimmer zweck zuname adresse âge agréé annexe
    année article bureau cachet chambre client clientèle code commande commentaire commentaires
    commune compte courriel coût date débit délai demande demandeur département désignation
    destinataire devis domicile durée échéance élève émetteur employeur entreprise époux état
    expéditeur facture fonction fournisseur heure identité intitulé jointes jour lieu livraison
    localité logement marque matricule mois montant motif naissance nationalité né né(e) nom nombre
    numéro objet observations organisme origine parti pays pièce pièces poids poste prénom prénoms
    prix produit profession quantité raison reçu reçues réf référence régler remarques remise
    responsable rue salaire sexe siège signataire situation société solde tarif taux téléphone
    titre titulaire total unité valeur ville alérgico almacén año apellido apellidos asunto autor
    cantidad cargo ciudad cliente código color comentarios compañía concepto contrato correo cuenta
    departamento descripción destino destinatario día dirección documento domicilio dueño edad
    empleado empleador empresa entrega envío estado expediente factura fecha firma firmante folio
    género hora importe lugar marca matrícula matriculación médico mes moneda monto motivo
    nacimiento nacionalidad nombre nota notas número objeto observaciones ocupación oficina origen
    paciente pago país pedido período peso población precio producto profesión proveedor provincia
    puesto razón recibo referencia remitente responsable resultado sexo solicitante solicitud
    subtotal sucursal talla teléfono tipo titular título unidad usted valor vencimiento vehículo
    adres adresat brutto cena czas data dane dostawa dostawca dział dzień faktura firma godzina
    ilość imię imiona jednostka klient kod konto kraj kwota lekarz liczba miejsce miejscowość
    miesiąc nabywca nazwa nazwisko netto numer odbiorca opis pacjent płeć podpis powiat pozycja
    produkt przedmiot rachunek razem rodzaj rok sprzedawca stanowisko strona suma telefon termin
    tytuł ulica umowa urodzenia uwagi waga waluta wartość wiek wniosek wnioskodawcy województwo
    zamawiający zamówienia zamówienie zawód
    """.split()  # noqa: SIM905  a list of quoted strings does not read
)

# Months, weekdays, titles, countries and towns.
NAMES = frozenset(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember
    montag dienstag mittwoch donnerstag freitag samstag sonntag herr herrn frau gmbh ag kg
    deutschland österreich schweiz frankreich münchen köln hamburg wien zürich janvier février mars
    avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi
    vendredi samedi dimanche monsieur madame mme sarl allemagne suisse lyon marseille lille enero
    febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes
    miércoles jueves viernes sábado domingo señor señora sr sra calle avenida españa méxico madrid
    barcelona sevilla stycznia lutego marca kwietnia maja czerwca lipca sierpnia września
    października listopada grudnia styczeń luty marzec kwiecień czerwiec lipiec sierpień wrzesień
    październik listopad grudzień pan pani polska warszawa kraków łódź gdańsk
    """.split()  # noqa: SIM905
)

FUNCTION_WORDS = frozenset(
    """
    aber alle als auch auf aus bei bitte bis dass dem den der des ein eine einem einen einer eines
    für ihr ihre ist kann mit nach nicht noch nur oder ohne sich sie sind über und unter vom von
    vor wenn werden wie wird zu zum zur au aux avec ce ces cette chez dans de des du elle elles en
    est et être il ils la le les leur mais nous ou où par pour qu que qui sans ses si sont sous sur
    un une vos votre vous al como con cuando del donde el ella ellos es esta este fue ha hasta la
    las lo los más muy ni para pero por porque que se sea según ser sin sobre su sus también una y
    ya aby albo ale być dla jest jako lub nie oraz pod przez przy są się tak także ten tylko we
    wraz z za ze że
    """.split()  # noqa: SIM905
)
