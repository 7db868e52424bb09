#!/usr/bin/env bash
# What the tests need from the system: chromium and Chinese fonts for the browser tests, LibreOffice and poppler to open
# the documents we write. Installs what is missing where it may (root, Debian's package manager); else says so and fails,
# unless BROWSER=skip. Pictures for the manual want the whole chromium with chromium-l10n, whose own words are Chinese.
set -euo pipefail

if [ "${BROWSER:-need}" = skip ]; then
    echo "▸ BROWSER=skip: the tests marked e2e and office are left out"
    exit 0
fi

packages=()
command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || packages+=(chromium-headless-shell)
command -v soffice >/dev/null || packages+=(libreoffice-writer-nogui libreoffice-calc-nogui)
command -v pdftoppm >/dev/null || packages+=(poppler-utils)
if command -v dpkg-query >/dev/null; then
    dpkg-query -W -f '${Status}' fonts-noto-cjk 2>/dev/null | grep -q 'ok installed' || packages+=(fonts-noto-cjk)
fi
[ ${#packages[@]} -gt 0 ] || exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    if ! apt-cache show chromium-headless-shell >/dev/null 2>&1; then
        # Debian 12 has the browser only as a whole.
        packages=("${packages[@]/#chromium-headless-shell/chromium}")
    fi
    echo "▸ system packages: ${packages[*]}"
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
    exit 0
fi

cat >&2 <<END

=========================================================================================
The browser and document tests can't run: this machine lacks
    ${packages[*]}
and they can't be installed here (that takes root and apt-get). Install them:
    sudo apt-get install ${packages[*]}
or leave these tests out knowingly:
    make test BROWSER=skip
=========================================================================================

END
exit 1
