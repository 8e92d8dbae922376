//! Whom a certificate of keyless signing names. It is shown, never believed: no chain, log or timestamp is checked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::CertificateDer;
use webpki::EndEntityCert;

use crate::package::shown;

/// The first URL or host that it names. Addresses of mail cannot be read.
pub(super) fn whom(certificate: &str) -> String {
    let named = || {
        let der = CertificateDer::from(STANDARD.decode(certificate).ok()?);
        let certificate = EndEntityCert::try_from(&der).ok()?;
        let name = certificate.valid_uri_names().next().or_else(|| certificate.valid_dns_names().next());
        name.map(|name| format!("'{}'", shown(name)))
    };
    named().unwrap_or_else(|| "whom its certificate names".to_owned())
}
