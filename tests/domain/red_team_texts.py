"""Texts that try the finder of personal data; every person and number in them is made up.

Identity codes have individual numbers from 900 up, which are given to nobody. The first sixty were
at hand while the finder was written, the fresh ones came after it. At their first run 4 of the 7
were caught and all 3 let through; what that taught (whole names, and names after another word with
a capital) is in the finder since.
"""

CAUGHT = (
    # Identity codes: all century marks, small letters, spaces, other dashes, hidden letters.
    "Hetu 010195-9011 oli väärin kirjattu lapulle.",
    "Asiakkaan tunnus on 131152-912K eikä se löydy, oikea on 131152-9123.",
    "Lääkelistan otsikossa lukee 290200A905H.",
    "henkilötunnus: 150624b934u",
    "Uusi merkki 070788Y921K ei mene järjestelmästä läpi.",
    "Koodi 050505F9185 hylätään kassalla.",
    "Vanhin asukas, 120899+9402, ei saa tunnuksia.",
    "Personbeteckning 170470V9552 syns på skärmen.",
    "Identity code 230585 - 932V was left on the printer.",
    "Tunnus 2 4 0 3 6 1 - 9 6 6 T näkyi näytöllä.",
    "Tunnus 311299–977R jäi pöydälle.",
    "Tunnus 0909\u200b90-943\u200bP jäi lokiin.",
    "Tunnus ０１０１９５－９０１１ jäi lokiin.",  # noqa: RUF001 -- what looks alike is the point
    "Tunnus 24036\u0031-966\u0422 näkyi.",
    # Phone numbers.
    "Soita omaiselle 040 123 4567 ennen käyntiä.",
    "Tytär vastaa numerosta 0501234567 iltaisin.",
    "Puh. +358 44 123 4567, kysy Liisaa.",
    "Numero 00358401234567 on väärin.",
    "Ring sonen på 045-123 45 67 före besöket.",
    "Call the daughter at +46 70 123 45 67.",
    "Toimiston numero (09) 123 4567 ei vastaa.",
    "Soita 0 4 0 1 2 3 4 5 6 7 niin avaan oven.",
    # E-mail addresses.
    "Lähettäkää kuva osoitteeseen matti.virtanen@example.fi",
    "Svara till anna.karlsson@example.org när ni hinner.",
    "Mail me: jane_doe+work@mail.example.co.uk please.",
    "Laita viesti matti.virtanen (at) example.fi",
    # Bank accounts.
    "Palautus tilille FI14 9990 1234 5678 90 kiitos.",
    "IBAN FI5399907654321098 oli lapussa.",
    "Konto SE38 9990 0000 0123 4567 8901 hittades i pärmen.",
    # A name with an address.
    "Matti Virtanen, Koivukatu 5 A 3, ei saa avainta auki.",
    "Avain on Liisa Korhosella, joka asuu osoitteessa Mäntytie 12.",
    "Anna Karlsson bor på Björkgatan 7 och väntar för länge.",
    "Asiakas asuu osoitteessa Kuusikuja 4 B 16 ja odottaa.",
    # Patients.
    "Potilas Matti Virtanen kaatui taas yöllä.",
    "Asiakas M.V. s. 1.2.1940 ei saa lääkkeitä ajoissa.",
    "Asukkaamme Helmi kaipaa ulkoilua joka päivä.",
    "Patienten Karin Lindström fick fel mat.",
    "Huone 12, Virtanen, tarvitsee nostolaitteen.",
    "The resident Mary Smith fell in the corridor.",
    "Rouva Korhonen, syntynyt 3.4.1935, eksyy käytävällä.",
)

LET_THROUGH = (
    "Sijaiset eivät löydä asiakkaan avaimia.",
    "Aamuvuoro alkaa klo 7.00 ja raportti on vasta 7.15–7.45.",
    "Kokous oli 12.3.2026 ja seuraava on 2.4.2026 klo 13.",
    "Uusi nostolaite maksaa 1 234,50 euroa, kymmenen 12 345 €.",
    "Osastolla 12 on vain yksi pesukone 24 asukkaalle.",
    "Keskuskatu 3:n toimipiste tarvitsee uuden ilmoitustaulun.",
    "Nokia Oyj ja Koskisen Konepaja Oy tarjosivat kokeilua.",
    "Vuosina 2020–2025 vaihtuvuus kasvoi 12 prosentista 31:een.",
    "Tilausnumero 0401234567 on hukassa varastossa.",
    "Y-tunnus 1234567-1 pitää kirjoittaa joka lomakkeelle uudestaan.",
    "Kotihoidon Itäinen tiimi ajaa 300 kilometriä viikossa.",
    "Personalen hinner inte läsa 45 sidor före klockan 8.",
    "The night shift is 21:00–07:00 and nobody is there at 06:30.",
    "Huone 12 on liian kylmä talvella.",
    "Asiakas odottaa lääkkeitä joskus 3 tuntia.",
    "Potilaan kotiutus perjantaisin on vaikeaa.",
    "Kirjaamon osoite kirjaamo@example.fi on muuttunut, kukaan ei kertonut.",
    "Lomake 010203-1234 on vanhentunut, käyttäkää uutta.",
    "Yksikön Björkgatan 7 hiss är sönder varje vecka.",
    "Laite X-200, sarjanumero 358401234, hajoaa kuukausittain.",
)

FRESH_CAUGHT = (
    "Veikko Laaksosen lääkkeet jäävät usein tulematta.",
    "Asukas nro 4, Hilkka, haluaisi pelata bingoa.",
    "Soittakaa Pirjolle 09 4567 8901.",
    "Hos Gunnar Ekblom på Ringvägen 22 B finns ingen nyckel.",
    "Potilaan Aino Mäkelä hoitokokous on aina myöhässä.",
    "Please e-mail k.salminen[at]example.com about the shifts.",
    "Poika 170470V9552 jätettiin odottamaan.",
)
FRESH_LET_THROUGH = (
    "Potilas Safety -kampanja ei näy osastolla.",
    "Auton rekisteri ABC-123 ja varaus 2026-0417-33 menevät ristiin.",
    "Kävimme Mannerheimintie 5:ssä tutustumassa uuteen keittiöön.",
)
