"""Makes and verifies keys and signatures with another implementation. Asked and answered in JSON."""

import base64
import datetime
import hashlib
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER
PKCS8 = serialization.PrivateFormat.PKCS8
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
PLAIN = serialization.NoEncryption()


def fingerprint(public):
    return hashlib.sha256(public.public_bytes(DER, SPKI)).digest()


def verify(asked):
    """Reads the keys, and verifies the signature over what DSSE says is signed."""
    envelope = asked["bundle"]["dsseEnvelope"]
    payload = base64.b64decode(envelope["payload"], validate=True)
    kind = envelope["payloadType"].encode()
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    public = serialization.load_pem_public_key(asked["public"].encode())
    (signature,) = envelope["signatures"]
    public.verify(base64.b64decode(signature["sig"], validate=True), message, ec.ECDSA(hashes.SHA256()))
    private = serialization.load_pem_private_key(asked["private"].encode(), None)
    encrypted = serialization.load_pem_private_key(asked["encrypted"].encode(), asked["passphrase"].encode())
    statement = json.loads(payload)
    hint = asked["bundle"]["verificationMaterial"]["publicKey"]["hint"]
    return {
        "same key": public == private.public_key() == encrypted.public_key(),
        "hint": hint == base64.b64encode(fingerprint(public)).decode(),
        "fingerprint": fingerprint(public).hex(),
        "sha256": statement["subject"][0]["digest"]["sha256"],
        "predicate": statement["predicateType"],
    }


def bundle(asked, material, signature):
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": material,
        "dsseEnvelope": {
            "payload": base64.b64encode(asked["payload"].encode()).decode(),
            "payloadType": "application/vnd.in-toto+json",
            "signatures": [{"sig": base64.b64encode(signature).decode()}],
        },
    }


def keyless(asked, key, signature):
    """A certificate of oneself, in the form that a certificate authority for keyless signing gives."""
    name = x509.Name([])
    start = datetime.datetime(2026, 1, 1)
    identity = x509.UniformResourceIdentifier("https://forge.example/acme/geo/release.yml@v1")
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + datetime.timedelta(minutes=10))
    builder = builder.add_extension(x509.SubjectAlternativeName([identity]), critical=True)
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(DER)
    material = {"certificate": {"rawBytes": base64.b64encode(certificate).decode()}}
    return {"bundle": bundle(asked, material, signature)}


def sign(asked):
    message = base64.b64decode(asked["message"])
    keys = {
        "P-256": ec.generate_private_key(ec.SECP256R1()),
        "Ed25519": ed25519.Ed25519PrivateKey.generate(),
        "P-384": ec.generate_private_key(ec.SECP384R1()),
        "RSA": rsa.generate_private_key(65537, 2048),
    }
    sealed = serialization.BestAvailableEncryption(asked["passphrase"].encode())
    answer = {}
    for name, key in keys.items():
        public = key.public_key()
        answer[name] = {
            "public": public.public_bytes(PEM, SPKI).decode(),
            "private": key.private_bytes(PEM, PKCS8, PLAIN).decode(),
            "encrypted": key.private_bytes(PEM, PKCS8, sealed).decode(),
        }
        if name in ("P-256", "Ed25519"):
            signature = key.sign(message, ec.ECDSA(hashes.SHA256())) if name == "P-256" else key.sign(message)
            material = {"publicKey": {"hint": base64.b64encode(fingerprint(public)).decode()}}
            answer[name]["bundle"] = bundle(asked, material, signature)
    signature = keys["P-256"].sign(message, ec.ECDSA(hashes.SHA256()))
    answer["keyless"] = keyless(asked, keys["P-256"], signature)
    return answer


print(json.dumps({"verify": verify, "sign": sign}[sys.argv[1]](json.load(sys.stdin))))
