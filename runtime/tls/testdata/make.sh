#!/usr/bin/env bash
# Makes the stores of this folder anew, for the tests of runtime/tls: the same key and certificate
# (leaf, signed by intermediate, signed by root) in every format, and the root to be trusted. Needs
# openssl and Java's keytool. The keys protect nothing; certificates are good for a hundred years.
set -euo pipefail
cd "$(dirname "$0")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
days=36500

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1.key" 2>/dev/null; }
sign() { # name issuer extensions
  openssl req -new -key "$work/$1.key" -subj "/CN=$1" -out "$work/$1.csr"
  openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.crt" -CAkey "$work/$2.key" -CAcreateserial \
    -days $days -extfile <(echo "$3") -out "$work/$1.crt" 2>/dev/null
}
new_key root && new_key intermediate && new_key leaf
openssl req -x509 -key "$work/root.key" -subj /CN=root -days $days -out "$work/root.crt"
sign intermediate root "basicConstraints=critical,CA:true"
sign leaf intermediate "subjectAltName=DNS:localhost,IP:127.0.0.1"
cat "$work/leaf.crt" "$work/intermediate.crt" >"$work/chain.crt"

cat "$work/leaf.key" "$work/chain.crt" >key.pem
openssl pkcs8 -topk8 -in "$work/leaf.key" -passout pass:keypass -out "$work/encrypted.key"
cat "$work/encrypted.key" "$work/chain.crt" >key-encrypted.pem
openssl ec -in "$work/leaf.key" -aes128 -passout pass:keypass -out "$work/old.key" 2>/dev/null
cat "$work/chain.crt" "$work/old.key" >key-traditional.pem
cp "$work/root.crt" trust.pem

p12() { openssl pkcs12 -export -inkey "$work/leaf.key" -in "$work/chain.crt" -name leaf "$@"; }
p12 -passout pass:changeit -out key-openssl.p12
p12 -passout pass: -out key-no-password.p12
openssl pkcs12 -export -nokeys -in "$work/root.crt" -passout pass:changeit -out trust-openssl.p12

rm -f key.jks trust.jks key.p12 trust.p12 key-legacy.p12
quietly() { "$@" 2>/dev/null; }
import() { # destination type options
  quietly keytool -importkeystore -srckeystore key-openssl.p12 -srcstorepass changeit -alias leaf \
    -destkeystore "$1" -deststoretype "$2" -deststorepass changeit "${@:3}"
}
import key.jks JKS -destkeypass keypass
import key.p12 PKCS12
import key-legacy.p12 PKCS12 -J-Dkeystore.pkcs12.legacy
cp key.p12 two-keys.p12
quietly keytool -genkeypair -alias another -keyalg EC -groupname secp256r1 -dname CN=another \
  -validity $days -keystore two-keys.p12 -storetype PKCS12 -storepass changeit
trust() { # destination type options
  quietly keytool -importcert -noprompt -alias root -file "$work/root.crt" -keystore "$1" \
    -storetype "$2" -storepass changeit "${@:3}"
}
trust trust.jks JKS
trust trust.p12 PKCS12
rm -f trust.jceks && trust trust.jceks JCEKS
chmod 644 ./*.p12 ./*.jks ./*.jceks ./*.pem
