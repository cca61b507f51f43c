//! Routers that answer with anything but what they should, and neighbours that answer in a router's place.

use super::igd::{self, Manners, serve};
use super::router::{Router, pcp, reply};
use super::*;
use std::io::Write;

fn problem(outcome: &Outcome) -> Option<&MappingProblem> {
    match outcome {
        Outcome::Unmapped(problem) => Some(problem),
        _ => None,
    }
}

/// What becomes of asking the router, which must come to an end.
fn ends_with(router: &Router) -> MappingProblem {
    let (mapper, told) = start(only(router));
    let status = until(&told, |outcome| problem(outcome).is_some());
    drop(mapper);
    problem(&status[0].ipv4).expect("a problem").clone()
}

#[test]
fn a_router_that_answers_nothing_is_no_answer() {
    let (router, _running) = Router::new(20);
    assert_eq!(ends_with(&router), MappingProblem::NoAnswer { gateway: router.address.into() });
}

#[test]
fn noise_in_place_of_pcp_is_nonsense_and_a_flood_of_it_ends() {
    let (router, _running) = Router::new(21);
    router.datagrams(PCP_PORT, |_, _, _| vec![vec![0xff; 1400]; 64]);
    let gateway = IpAddr::from(router.address);
    assert!(matches!(ends_with(&router), MappingProblem::Nonsense { gateway: at, .. } if at == gateway));
}

#[test]
fn noise_before_an_answer_of_pcp_does_no_harm() {
    let (router, _running) = Router::new(22);
    router.datagrams(PCP_PORT, |router, request, from| {
        let mut other = pcp(router, request, from, 3600)[0].clone();
        other[30] ^= 1;
        [vec![vec![], vec![2], other], pcp(router, request, from, 3600)].concat()
    });
    let (_mapper, told) = start(only(&router));
    until(&told, is_mapped);
}

#[test]
fn a_refusal_of_pcp_is_told_when_nothing_else_is_spoken() {
    let (router, _running) = Router::new(23);
    router.datagrams(PCP_PORT, |router, request, from| {
        let mut answers = pcp(router, request, from, 3600);
        answers.iter_mut().for_each(|answer| answer[3] = 2);
        answers
    });
    let gateway = router.address.into();
    assert_eq!(ends_with(&router), MappingProblem::Refused { gateway, method: Method::Pcp, code: 2 });
}

#[test]
fn a_refusal_of_upnp_has_its_code() {
    let (router, _running) = Router::new(24);
    igd::start(&router, Manners { refuses: Some(606), ..Manners::default() });
    let gateway = router.address.into();
    assert_eq!(ends_with(&router), MappingProblem::Refused { gateway, method: Method::Upnp, code: 606 });
}

#[test]
fn every_port_taken_ends_in_a_refusal() {
    let (router, _running) = Router::new(25);
    igd::start(&router, Manners { taken: (1..=u16::MAX).collect(), ..Manners::default() });
    let ended = ends_with(&router);
    assert!(matches!(ended, MappingProblem::Refused { method: Method::Upnp, .. }), "{ended:?}");
}

#[test]
fn a_router_that_is_offline_is_told() {
    for (number, external) in [(26, ""), (27, "0.0.0.0")] {
        let (router, _running) = Router::new(number);
        igd::start(&router, Manners { external, ..Manners::default() });
        assert_eq!(ends_with(&router), MappingProblem::NotOnline { gateway: router.address.into() }, "{external:?}");
    }
}

#[test]
fn descriptions_that_are_none_endless_or_never_come_are_no_answer() {
    type Bad = fn(&Router, std::net::TcpStream);
    let bad: [Bad; 5] = [
        |_, stream| reply(stream, "200 OK", "<root><device><serviceList>"),
        |_, stream| reply(stream, "200 OK", &"<a>".repeat(100_000)),
        |_, stream| reply(stream, "302 Found\r\nLocation: http://127.0.0.1:1/", ""),
        |router, mut stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<root>");
            while !router.stopped() && stream.write_all(&[b' '; 65536]).is_ok() {}
        },
        |router, mut stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            while !router.stopped() && stream.write_all(b" ").is_ok() {
                std::thread::sleep(Duration::from_millis(50));
            }
        },
    ];
    for (number, bad) in (30..).zip(bad) {
        let (router, _running) = Router::new(number);
        let port = router.http(move |router, _, _, stream| bad(router, stream));
        router.ssdp(format!("http://{}:{port}/desc.xml", router.address));
        assert_eq!(ends_with(&router), MappingProblem::NoAnswer { gateway: router.address.into() }, "{number}");
    }
}

#[test]
fn answers_to_requests_that_are_none_or_never_come_end() {
    let (router, _running) = Router::new(40);
    let port = router.http(|router, what, body, stream| {
        if what.starts_with("GET") {
            serve(router, what, body, stream, &Manners::default());
        } else {
            reply(stream, "200 OK", "<Envelope><Body/></Envelope>");
        }
    });
    router.ssdp(format!("http://{}:{port}/desc.xml", router.address));
    let gateway = router.address.into();
    assert_eq!(ends_with(&router), MappingProblem::Nonsense { gateway, method: Method::Upnp });

    let (router, _running) = Router::new(41);
    let port = router.http(|router, what, body, stream| {
        if what.starts_with("GET") {
            return serve(router, what, body, stream, &Manners::default());
        }
        while !router.stopped() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    router.ssdp(format!("http://{}:{port}/desc.xml", router.address));
    assert_eq!(ends_with(&router), MappingProblem::NoAnswer { gateway: router.address.into() });
}

/// Another device of the network that speaks UPnP as a router does.
fn neighbour(number: u8) -> (Router, super::router::Running, String) {
    let (neighbour, running) = Router::new(number);
    let port = neighbour.http(|router, what, body, stream| serve(router, what, body, stream, &Manners::default()));
    let place = format!("http://{}:{port}", neighbour.address);
    (neighbour, running, place)
}

#[test]
fn a_router_that_names_another_host_is_not_followed() {
    let (neighbour, _neighbour_running, place) = neighbour(50);
    let (router, _running) = Router::new(51);
    router.ssdp(format!("{place}/desc.xml"));
    assert_eq!(ends_with(&router), MappingProblem::NoAnswer { gateway: router.address.into() });
    assert_eq!(neighbour.times_asked(), 0);

    let (router, _running) = Router::new(52);
    igd::start(&router, Manners { control: format!("{place}/control"), ..Manners::default() });
    assert_eq!(ends_with(&router), MappingProblem::NoAnswer { gateway: router.address.into() });
    assert_eq!(neighbour.times_asked(), 0);
}

#[test]
fn a_neighbour_that_answers_the_search_in_the_routers_place_is_not_asked() {
    let (neighbour, _neighbour_running, place) = neighbour(53);
    let (router, _running) = Router::new(54);
    // What the router hears, the neighbour answers.
    router.datagrams(1900, move |_, _, from| {
        let answer = format!("HTTP/1.1 200 OK\r\nLOCATION: {place}/desc.xml\r\n\r\n");
        let socket = std::net::UdpSocket::bind((Ipv4Addr::new(127, 53, 53, 1), 0)).expect("a socket");
        let _ = socket.send_to(answer.as_bytes(), from);
        Vec::new()
    });
    assert_eq!(ends_with(&router), MappingProblem::NoAnswer { gateway: router.address.into() });
    assert_eq!(neighbour.times_asked(), 0);
}

#[test]
fn dropping_the_mapper_in_the_middle_of_a_question_leaves_nothing_behind() {
    let (router, _running) = Router::new(55);
    router.datagrams(PCP_PORT, |router, request, from| {
        std::thread::sleep(Duration::from_millis(100));
        pcp(router, request, from, 3600)
    });
    let (mapper, _told) = start(only(&router));
    wait_for("asked", || router.times_asked() > 0);
    drop(mapper);
    wait_for("removed", || router.entries().is_empty());
}
