#!/bin/sh
# first.sh make CONFIG SECRETS HOST [INFLUXDB]   what the broker, the databases and we need, once
# first.sh COMMAND ...                           any command of ringwatch, as root (gateway add)
set -eu
umask 077
if [ "$1" != make ]; then
    exec python -m ringwatch "$@"
fi
config=$2 secrets=$3 host=$4 influxdb=${5:-}
here=$(dirname "$0")
ours=$(id -u ringwatch 2>/dev/null || id -u)
broker=1883 # the user of the eclipse-mosquitto image
[ "$(id -u)" = 0 ] && [ "$ours" != 0 ] || broker=$(id -u)

if ! [ -s "$config/server.crt" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
        -keyout "$secrets/ca.key" -out "$secrets/ca.crt" -subj "/CN=Ringwatch broker CA" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -keyout "$config/server.key" -out "$config/server.csr" -subj "/CN=$host" 2>/dev/null
    printf 'subjectAltName=DNS:%s,DNS:mosquitto,DNS:localhost\n' "$host" >"$config/server.ext"
    openssl x509 -req -in "$config/server.csr" -CA "$secrets/ca.crt" -CAkey "$secrets/ca.key" \
        -CAcreateserial -days 820 -extfile "$config/server.ext" -out "$config/server.crt" 2>/dev/null
    rm -f "$config/server.csr" "$config/server.ext"
    chmod 0644 "$secrets/ca.crt"
fi
[ -e "$config/mosquitto.conf" ] || cp "$here/mosquitto.conf" "$config/mosquitto.conf"
chown -R "$broker" "$config"
if ! [ -s "$secrets/postgres_password" ]; then
    openssl rand -hex 24 >"$secrets/postgres_password"
    printf 'postgresql://ringwatch:%s@postgres/ringwatch\n' "$(cat "$secrets/postgres_password")" \
        >"$secrets/database_url"
fi
if [ -n "$influxdb" ] && ! [ -s "$influxdb/token" ]; then
    printf 'ringwatch\n' >"$influxdb/user"
    openssl rand -hex 24 >"$influxdb/password"
    openssl rand -hex 32 >"$influxdb/token"
    [ "$(id -u)" != 0 ] || chown -R 1000 "$influxdb" # the user of the influxdb image
fi
if [ -n "$influxdb" ]; then
    cp "$influxdb/token" "$secrets/influx_token"
    chown "$ours" "$secrets/influx_token"
fi
python -m ringwatch gateway collector --config "$config" --broker mosquitto:8883 \
    --url-file "$secrets/mqtt_url"
chmod 0755 "$secrets"
chown "$ours" "$secrets/database_url" "$secrets/mqtt_url"
