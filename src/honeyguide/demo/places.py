"""Where companies sit: a city, streets and a telephone number's form for each country of the demonstration."""

from typing import NamedTuple


class Place(NamedTuple):
    """One country: city with postal code, streets, and a telephone number with `#` for each digit drawn."""

    city: str
    streets: tuple[str, ...]
    phone: str


PLACES = {
    "US": Place("Columbus, OH 43215", ("Broad Street", "High Street", "Spring Street"), "+1 614 221 ####"),
    "DE": Place("20095 Hamburg", ("Mönckebergstraße", "Steinstraße", "Spitalerstraße"), "+49 40 3019 ####"),
    "GB": Place("Bristol BS1 4ST", ("Queen Square", "King Street", "Welsh Back"), "+44 117 929 ####"),
    "PL": Place("00-020 Warszawa", ("ul. Szpitalna", "ul. Chmielna", "ul. Krucza"), "+48 22 827 ## ##"),
    "ES": Place("46002 Valencia", ("Calle de Colón", "Calle de la Paz", "Gran Vía"), "+34 963 52 ## ##"),
    "FR": Place("69002 Lyon", ("rue de la République", "rue Victor-Hugo", "quai Saint-Antoine"), "+33 4 78 42 ## ##"),
    "IT": Place("40121 Bologna", ("Via dell'Indipendenza", "Via Galliera", "Via Rizzoli"), "+39 051 23 ####"),
    "BR": Place(
        "80020-310 Curitiba", ("Rua XV de Novembro", "Rua das Flores", "Rua Marechal Deodoro"), "+55 41 3322-####"
    ),
    "KZ": Place("050000, Алматы", ("улица Абая", "улица Фурманова", "проспект Достык"), "+7 727 272 ## ##"),
    "NL": Place("3511 CE Utrecht", ("Oudegracht", "Vredenburg", "Lange Viestraat"), "+31 30 231 ####"),
    "IN": Place("Pune 411001", ("M.G. Road", "Station Road", "Camp Road"), "+91 20 2612 ####"),
    "MX": Place("44100 Guadalajara", ("Avenida Juárez", "Calle Morelos", "Avenida Vallarta"), "+52 33 3613 ####"),
    "TR": Place("35220 İzmir", ("Cumhuriyet Bulvarı", "Gazi Bulvarı", "Fevzi Paşa Bulvarı"), "+90 232 483 ## ##"),
    "CZ": Place("602 00 Brno", ("Masarykova", "Kobližná", "Česká"), "+420 542 21# ###"),
    "UA": Place("79000 Львів", ("вулиця Городоцька", "проспект Свободи", "вулиця Шевченка"), "+380 32 272 ####"),
    "RO": Place(
        "400001 Cluj-Napoca", ("Strada Memorandumului", "Bulevardul Eroilor", "Strada Horea"), "+40 264 59 ####"
    ),
    "PT": Place(
        "4000-069 Porto", ("Rua de Santa Catarina", "Rua das Flores", "Avenida dos Aliados"), "+351 222 00# ###"
    ),
    "SE": Place("411 06 Göteborg", ("Östra Hamngatan", "Drottninggatan", "Kungsgatan"), "+46 31 13 ## ##"),
    "FI": Place("33100 Tampere", ("Hämeenkatu", "Kauppakatu", "Aleksis Kiven katu"), "+358 3 2230 ###"),
    "GR": Place("546 24 Thessaloniki", ("Tsimiski", "Egnatia", "Mitropoleos"), "+30 231 027 ####"),
    "AE": Place("Dubai", ("Sheikh Zayed Road", "Al Maktoum Road", "Khalid Bin Al Waleed Road"), "+971 4 331 ####"),
    "ZA": Place("Cape Town 8001", ("Long Street", "Bree Street", "Adderley Street"), "+27 21 424 ####"),
    "CA": Place("Ottawa, ON K1P 5M7", ("Sparks Street", "Elgin Street", "Bank Street"), "+1 613 236 ####"),
    "AU": Place("Adelaide SA 5000", ("King William Street", "Rundle Street", "Grenfell Street"), "+61 8 8231 ####"),
    "UZ": Place("100000, Ташкент", ("улица Навои", "проспект Амира Темура", "улица Бабура"), "+998 71 233 ## ##"),
    "ID": Place("Bandung 40111", ("Jalan Asia Afrika", "Jalan Braga", "Jalan Merdeka"), "+62 22 423 ####"),
    "VN": Place("Đà Nẵng 550000", ("Bạch Đằng", "Trần Phú", "Hùng Vương"), "+84 236 382 ####"),
    "GE": Place("0105 Tbilisi", ("Rustaveli Avenue", "Leselidze Street", "Pushkin Street"), "+995 32 299 ## ##"),
}
ELSEWHERE = Place("", ("Main Street",), "+44 117 929 ####")
