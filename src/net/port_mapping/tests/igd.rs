//! A router that speaks as much of UPnP as is needed.

use super::router::{Router, reply};
use std::net::{SocketAddr, TcpStream};

pub const DESCRIPTION: &str = r#"<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><deviceList><device><deviceList><device>
<serviceList><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>
<SCPDURL>/wan.xml</SCPDURL><controlURL>CONTROL</controlURL></service></serviceList>
</device></deviceList></device></deviceList></device></root>"#;

const ADD_ARGUMENTS: [&str; 8] = [
    "NewRemoteHost",
    "NewExternalPort",
    "NewProtocol",
    "NewInternalPort",
    "NewInternalClient",
    "NewEnabled",
    "NewPortMappingDescription",
    "NewLeaseDuration",
];

fn schema() -> String {
    let action = |name: &str, arguments: &[&str]| {
        let argument = |name| format!("<argument><name>{name}</name><direction>in</direction></argument>");
        let arguments: String = arguments.iter().map(argument).collect();
        format!("<action><name>{name}</name><argumentList>{arguments}</argumentList></action>")
    };
    let add = action("AddPortMapping", &ADD_ARGUMENTS);
    let delete = action("DeletePortMapping", &ADD_ARGUMENTS[..3]);
    format!("<?xml version=\"1.0\"?><scpd><actionList>{add}{delete}</actionList></scpd>")
}

/// What a router is like.
#[derive(Clone)]
pub struct Manners {
    pub external: &'static str,
    pub permanent_only: bool,
    /// Ports that somebody else has.
    pub taken: Vec<u16>,
    /// Ports that it keeps to itself.
    pub keeps: Vec<u16>,
    /// Answers every control request with this error.
    pub refuses: Option<u16>,
    pub control: String,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners {
            external: "203.0.113.7",
            permanent_only: false,
            taken: Vec::new(),
            keeps: Vec::new(),
            refuses: None,
            control: "/control".to_owned(),
        }
    }
}

fn value<'a>(body: &'a str, name: &str) -> &'a str {
    let rest = body.split_once(&format!("<{name}>")).map_or("", |(_, rest)| rest);
    rest.split('<').next().unwrap_or_default()
}

fn soap(stream: TcpStream, body: &str) {
    let envelope = "http://schemas.xmlsoap.org/soap/envelope/";
    let text = format!("<s:Envelope xmlns:s=\"{envelope}\"><s:Body>{body}</s:Body></s:Envelope>");
    let status = if body.contains("Fault") { "500 Internal Server Error" } else { "200 OK" };
    reply(stream, status, &text);
}

fn fault(stream: TcpStream, code: u16) {
    let error = format!("<UPnPError><errorCode>{code}</errorCode><errorDescription>no</errorDescription></UPnPError>");
    soap(stream, &format!("<s:Fault><detail>{error}</detail></s:Fault>"));
}

/// Serves one request.
pub fn serve(router: &Router, what: &str, body: &str, stream: TcpStream, manners: &Manners) {
    let done = |name: &str, inside: &str| {
        format!(
            "<u:{name}Response xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">{inside}</u:{name}Response>"
        )
    };
    if what.contains("/desc.xml") {
        return reply(stream, "200 OK", &DESCRIPTION.replace("CONTROL", &manners.control));
    }
    if what.contains("/wan.xml") {
        return reply(stream, "200 OK", &schema());
    }
    if let Some(code) = manners.refuses {
        return fault(stream, code);
    }
    let protocol = if value(body, "NewProtocol") == "TCP" { "TCP" } else { "UDP" };
    let external: u16 = value(body, "NewExternalPort").parse().unwrap_or_default();
    if what.contains("getexternalipaddress") {
        let address = format!("<NewExternalIPAddress>{}</NewExternalIPAddress>", manners.external);
        soap(stream, &done("GetExternalIPAddress", &address));
    } else if what.contains("addportmapping") {
        let lease: u32 = value(body, "NewLeaseDuration").parse().expect("a lease");
        let client = value(body, "NewInternalClient").parse().expect("an address");
        let internal = SocketAddr::new(client, value(body, "NewInternalPort").parse().expect("a port"));
        if manners.taken.contains(&external) {
            fault(stream, 718);
        } else if manners.keeps.contains(&external) {
            fault(stream, 606);
        } else if manners.permanent_only && lease != 0 {
            fault(stream, 725);
        } else {
            router.map(protocol, external, internal, lease);
            soap(stream, &done("AddPortMapping", ""));
        }
    } else if what.contains("deleteportmapping") {
        router.table.lock().expect("the table").retain(|it| !(it.0 == protocol && it.1 == external));
        soap(stream, &done("DeletePortMapping", ""));
    } else {
        fault(stream, 401);
    }
}

/// A router with these manners, and where it can be found.
pub fn start(router: &Router, manners: Manners) {
    let port = router.http(move |router, what, body, stream| serve(router, what, body, stream, &manners));
    router.ssdp(format!("http://{}:{port}/desc.xml", router.address));
}
