"""What another engine answers to the questions of examples/nycflights.sql, on the same Parquet files.

DuckDB answers; the three functions that it has no like of are written again here from their standards.
Prints one JSON object: the rows of each question, by the remark that stands before it. Where the example
asks for an approximation, a value is the range that its documentation promises: [least, greatest].
"""

import decimal
import hashlib
import hmac
import json
import sys

import duckdb
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

folder = sys.argv[1]
db = duckdb.connect()
for table in ["flights", "airports", "airlines", "planes", "weather"]:
    db.execute(f"CREATE TABLE {table} AS SELECT * FROM '{folder}/{table}.parquet'")

# The formula of R. W. Sinnott, Virtues of the Haversine, 1984, on the mean radius of GRS 80.
db.execute("""CREATE MACRO haversine(lat1, lon1, lat2, lon2) AS 2 * 6371.0088 * asin(sqrt(
    sin(radians(lat2 - lat1) / 2) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2))""")


def geohash(lat: float, lon: float, length: int) -> str:
    """G. Niemeyer's geohash: halve longitude and latitude in turn, five bits a letter."""
    ranges, values = [[-180.0, 180.0], [-90.0, 90.0]], [lon, lat]
    number = 0
    for bit in range(5 * length):
        span, value = ranges[bit % 2], values[bit % 2]
        middle = sum(span) / 2
        upper = value >= middle
        span[not upper] = middle
        number = number * 2 + upper
    letters = "0123456789bcdefghjkmnpqrstuvwxyz"
    return "".join(letters[number >> 5 * place & 31] for place in reversed(range(length)))


def pseudonym(text: str) -> str:
    """FF1 (NIST SP 800-38G, algorithm 7, no tweak) over the letters, in radix 26."""
    key = hmac.digest(b"correct horse battery staple", b"polder pii pseudonym", hashlib.sha256)
    letters = [c for c in text if c.isalpha()]
    word = [ord(c.lower()) - ord("a") for c in letters]
    n, u = len(word), len(word) // 2
    v = n - u
    number = lambda word: sum(digit * 26**place for place, digit in enumerate(reversed(word)))
    b = ((26**v - 1).bit_length() + 7) // 8
    d = 4 * ((b + 3) // 4) + 4
    fixed = bytes([1, 2, 1, 0, 0, 26, 10, u % 256]) + n.to_bytes(4, "big") + bytes(4)
    ecb = Cipher(algorithms.AES(key), modes.ECB()).encryptor()

    def mac(message):
        block = bytes(16)
        for at in range(0, len(message), 16):
            block = ecb.update(bytes(x ^ y for x, y in zip(block, message[at : at + 16])))
        return block

    left, right = number(word[:u]), number(word[u:])
    for turn in range(10):
        r = mac(fixed + bytes((-b - 1) % 16) + bytes([turn]) + right.to_bytes(b, "big"))
        s = r
        for block in range(1, (d + 15) // 16):
            s += ecb.update(bytes(x ^ y for x, y in zip(r, block.to_bytes(16, "big"))))
        length = u if turn % 2 == 0 else v
        left, right = right, (left + int.from_bytes(s[:d], "big")) % 26**length
    digits = [left // 26**place % 26 for place in reversed(range(u))]
    digits += [right // 26**place % 26 for place in reversed(range(v))]
    new = iter(chr(digit + ord("A" if c.isupper() else "a")) for digit, c in zip(digits, letters))
    return "".join(next(new) if c.isalpha() else c for c in text)


db.create_function("geohash", geohash)
db.create_function("pseudonym", pseudonym)

# Two standard errors of HyperLogLog with 4,096 registers, and one per cent of the rank of a t-digest.
DISTINCT = "[floor(count(DISTINCT tailnum) * 0.968), ceil(count(DISTINCT tailnum) * 1.032)]"


def quantile(column, q):
    return f"[floor(quantile_cont({column}, {q} - 0.01)), ceil(quantile_cont({column}, {q} + 0.01))]"


CREW = """(VALUES
  ('Ada Byron', 'ada.byron@example.com', '+1 212 555 0142', '4111 1111 1111 1111'),
  ('Amelia Earhart', 'amelia@example.org', '(718) 555-0199', '5500 0000 0000 0004')) AS crew(name, email, phone, card)"""

BLIZZARD = "month = 2 AND day = 8"

QUESTIONS = {
    "Do long flights leave later?": """
        SELECT CAST(floor(haversine(o.lat, o.lon, d.lat, d.lon) / 1000) AS INT) AS thousand_km,
               count(*) AS flights, round(avg(dep_delay), 1) AS avg_delay_min
        FROM flights JOIN airports o ON o.faa = origin JOIN airports d ON d.faa = dest
        GROUP BY ALL ORDER BY ALL""",
    "Which large airline is punctual?": f"""
        SELECT name AS airline, count(*) AS flights,
               {quantile('dep_delay', 0.5)} AS median_min, {quantile('dep_delay', 0.95)} AS p95_min, {DISTINCT} AS planes
        FROM flights JOIN airlines USING (carrier)
        GROUP BY name ORDER BY flights DESC LIMIT 8""",
    "A table function in FROM": """
        WITH delays AS (SELECT CAST(dep_delay AS DOUBLE) AS delay FROM flights WHERE dep_delay < 120),
             ends AS (SELECT min(delay) AS low, max(delay) AS high FROM delays),
             bins AS (SELECT bin, low * (8 - bin) / 7 + high * (bin - 1) / 7 AS low,
                             low * (7 - bin) / 7 + high * bin / 7 AS high FROM ends, range(1, 8) AS r(bin))
        SELECT bin, low, high, (SELECT count(*) FROM delays WHERE delay >= low AND (delay < high OR bin = 7)) AS count
        FROM bins ORDER BY bin""",
    "A table function for each row": r"""
        SELECT word, count(*) AS airports
        FROM (SELECT unnest(regexp_extract_all(name, '[\pL\pN]+(''[\pL\pN]+)*')) AS word FROM airports)
        GROUP BY word ORDER BY airports DESC, word LIMIT 5""",
    "In a window frame": """
        WITH months AS (SELECT month, avg(dep_delay) AS delay, sum(distance) AS weight
                        FROM flights WHERE dep_delay IS NOT NULL GROUP BY month)
        SELECT month, round(delay, 1) AS delay, round(sum(delay * weight) OVER w / sum(weight) OVER w, 2) AS smoothed
        FROM months WINDOW w AS (ORDER BY month ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) ORDER BY month LIMIT 4""",
    "Time travel": f"""
        SELECT 'before' AS version, count(*) AS flights, count(dep_delay) AS departed FROM flights WHERE {BLIZZARD}
        UNION ALL
        SELECT 'after', count(*), count(coalesce(dep_delay, 0)) FROM flights WHERE {BLIZZARD}
        ORDER BY version DESC""",
    "The view runs with its owner's rights": f"""
        SELECT pseudonym(name) AS name, email[1] || '***@' || split_part(email, '@', 2) AS email,
               regexp_replace(phone[:-4], '[0-9]', '*', 'g') || phone[-3:] AS phone,
               regexp_replace(card[:-5], '[0-9]', '*', 'g') || card[-4:] AS card
        FROM {CREW}""",
    "A derived table": f"""
        SELECT origin, dest, d.name AS destination, geohash(d.lat, d.lon, 5) AS cell,
               round(haversine(o.lat, o.lon, d.lat, d.lon)) AS km,
               {quantile('arr_delay', 0.9)} AS p90_arr_delay
        FROM flights JOIN airports o ON o.faa = origin JOIN airports d ON d.faa = dest
        GROUP BY ALL ORDER BY origin, dest""",
}


def plain(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(type(value))


answers = {}
for remark, question in QUESTIONS.items():
    rows = db.execute(question)
    names = [column[0] for column in rows.description]
    answers[remark] = [dict(zip(names, row)) for row in rows.fetchall()]
print(json.dumps(answers, default=plain))
