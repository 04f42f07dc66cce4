"""Nordic names and places to build the world from."""

from random import Random

FIRST_NAMES = (
    "Åse", "Bjørn", "Kåre", "Ørjan", "Sølvi", "Håkon", "Ragnhild", "Torbjørn", "Marit", "Eirik",
    "Åsa", "Björn", "Göran", "Märta", "Örjan", "Pär", "Linnéa", "Anders", "Sofia", "Jörgen",
    "Äijä", "Väinö", "Päivi", "Jyrki", "Hämäri", "Tuomas", "Aino", "Mikko", "Säde", "Yrjö",
    "Søren", "Bjarke", "Mette", "Jørgen", "Kirsten", "Rasmus", "Aage", "Dorthe", "Mikkel", "Bodil",
)  # fmt: skip
LAST_NAMES = (
    "Sæther", "Bjørnstad", "Ødegård", "Håland", "Skjærvø", "Nygård", "Strømme", "Løvås", "Fjeld", "Aasen",
    "Åkesson", "Sjöberg", "Lindström", "Öberg", "Hägg", "Nyström", "Ängquist", "Wallin", "Björklund", "Höök",
    "Kärkkäinen", "Mäkelä", "Äijälä", "Hämäläinen", "Väisänen", "Leppälä", "Räsänen", "Virtanen", "Pöyry", "Ylönen",
    "Sørensen", "Kjærgaard", "Østergård", "Møller", "Nørgaard", "Ågård", "Bæk", "Lykke", "Skjøth", "Dåstrup",
)  # fmt: skip
COMPANY_STEMS = (
    "Østervåg", "Fjordkraft", "Nordlys", "Blåfjell", "Sjøgata", "Tindved", "Åkerbær", "Lyngen", "Vårsol", "Kvernbit",
    "Björkudden", "Ängsro", "Sjöstad", "Lönneberga", "Örestrand", "Gråberg", "Tallåsen", "Hökarängen", "Vätter", "Åre",
    "Äijälä", "Pöllö", "Järvi", "Kärki", "Mäntylä", "Sähkö", "Lämpö", "Yläne", "Väylä", "Törmä",
    "Søland", "Bæredygtig", "Kærgård", "Østerbro", "Mølle", "Ålborg", "Skærgård", "Nørreport", "Fæste", "Rønne",
)  # fmt: skip
COMPANY_TRADES = (
    "Håndverk", "Eiendom", "Rør", "Elektro", "Regnskap", "Sjømat", "Arkitekter", "Bygg", "Energi", "Logistikk",
    "Måleri", "Fastigheter", "Rådgivning", "Konsult", "Träteknik", "Transport", "Data", "Miljö", "Livsmedel", "Åkeri",
    "Työmaapalvelu", "Huolto", "Kiinteistöt", "Öljy", "Väri", "Tekniikka", "Ravintola", "Säätiö", "Viestintä", "Laivat",
    "Ingeniører", "Køkken", "Værksted", "Forsyning", "Håndværk", "Møbler", "Revision", "Skibe", "Bryggeri", "Gård",
)  # fmt: skip
STREETS = {
    "NO": ("Sjøgata", "Kongens gate", "Bryggeveien", "Ærfuglveien", "Storgata", "Øvre Slottsgate"),
    "SE": ("Storgatan", "Björkvägen", "Ågatan", "Östra Hamngatan", "Kungsgatan", "Ängsvägen"),
    "FI": ("Hämeentie", "Mäkelänkatu", "Työpajankatu", "Itämerenkatu", "Pöytäalhontie", "Yrjönkatu"),
    "DK": ("Nørregade", "Østergade", "Ålekistevej", "Søndergade", "Bredgade", "Kærvej"),
}
CITIES = {
    "NO": (
        ("0150", "Oslo"), ("5003", "Bergen"), ("7011", "Trondheim"),
        ("9008", "Tromsø"), ("6002", "Ålesund"), ("8006", "Bodø"),
    ),
    "SE": (
        ("111 22", "Stockholm"), ("411 05", "Göteborg"), ("211 20", "Malmö"),
        ("903 26", "Umeå"), ("582 22", "Linköping"), ("702 10", "Örebro"),
    ),
    "FI": (
        ("00500", "Helsinki"), ("33100", "Tampere"), ("20100", "Turku"),
        ("60100", "Seinäjoki"), ("53100", "Lappeenranta"), ("40100", "Jyväskylä"),
    ),
    "DK": (
        ("1050", "København"), ("8000", "Aarhus"), ("9000", "Aalborg"),
        ("3700", "Rønne"), ("5000", "Odense"), ("4600", "Køge"),
    ),
}  # fmt: skip
FORMS = {"NO": ("AS", "ASA", "ANS"), "SE": ("AB", "HB"), "FI": ("Oy", "Oyj", "Ky"), "DK": ("ApS", "A/S")}
LANGUAGES = {"NO": "nb", "SE": "sv", "FI": "fi", "DK": "da"}
CURRENCIES = {"NO": "NOK", "SE": "SEK", "FI": "EUR", "DK": "DKK"}
PROJECT_WORDS = (
    "Kaivurityöt", "Energianalyse", "Skattutredning", "Oppgradering", "Årsmøte", "Ombyggnad", "Kartlegging", "Flytting",
    "Väyläselvitys", "Sikkerhetsgjennomgang", "Førstudie", "Innføring", "Huoltosopimus", "Rådgivning",
    "Prosjektledelse",
)  # fmt: skip
PRODUCT_WORDS = (
    "Rapport", "Måling", "Lisens", "Materiell", "Underentreprenør", "Kursplass", "Tegninger", "Sensor", "Kaapeli",
    "Stålbjälke", "Frakt", "Työkalu", "Prøvetaking", "Kontrollör", "Håndbok", "Gjæring", "Öljynsuodatin", "Æske",
)  # fmt: skip
WORK_WORDS = (
    "Seniorrådgiver", "Rådgiver", "Prosjektleder", "Arkitekt", "Utvikler", "Suunnittelija", "Konsulent", "Inspektør",
    "Kartlegger", "Prøveleder", "Ingeniør", "Työnjohtaja",
)  # fmt: skip
TRAVEL_WORDS = (
    "Kjøregodtgjørelse", "Diett", "Hotell", "Fly", "Tåg", "Färja", "Parkering", "Taxi", "Päiväraha", "Bompenger",
)  # fmt: skip


def person(random: Random) -> tuple[str, str]:
    """A first and a last name."""
    return random.choice(FIRST_NAMES), random.choice(LAST_NAMES)


def mail_part(text: str) -> str:
    """A name as it stands in an e-mail address: lower case ASCII letters, digits and dots."""
    table = str.maketrans("åäæöøéü", "aaaooeu")
    return "".join(
        c for c in text.lower().translate(table).replace(" ", ".") if c.isascii() and (c.isalnum() or c == ".")
    )


def company(random: Random, country: str, taken: set[str]) -> str:
    """A company name that is not in `taken`; it is put there."""
    while True:
        name = f"{random.choice(COMPANY_STEMS)} {random.choice(COMPANY_TRADES)}"
        form = random.choice(FORMS[country])
        for candidate in (f"{name} {form}", f"{name} {random.choice(CITIES[country])[1]} {form}"):
            if candidate not in taken:
                taken.add(candidate)
                return candidate
        name = f"{name} {random.choice(LAST_NAMES)} {random.randrange(2, 99)} {form}"
        if name not in taken:
            taken.add(name)
            return name
