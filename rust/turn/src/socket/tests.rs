use super::*;

fn pair(bind: &str) -> (Socket, Socket, SocketAddr) {
    let bind: SocketAddr = bind.parse().unwrap();
    let (one, other) = (Socket::bind(bind).unwrap(), Socket::bind(bind).unwrap());
    let to = other.local().unwrap();
    (one, other, to)
}

fn received(socket: &mut Socket, expected: usize) -> Vec<Vec<u8>> {
    let wake = Wake::new().unwrap();
    let mut all = Vec::new();
    while all.len() < expected {
        socket.wait(&wake, Duration::from_secs(1));
        if socket.receive(|_, datagram| all.push(datagram.to_vec())) == 0 {
            break;
        }
    }
    all
}

#[test]
fn datagrams_arrive_one_by_one_and_in_order_however_they_were_sent() {
    for bind in ["127.0.0.1:0", "[::1]:0"] {
        let (one, mut other, to) = pair(bind);
        let sizes = [1000, 1000, 1000, 400, 1200, 1200, 3, 700].repeat(9);
        let expected: Vec<Vec<u8>> = sizes
            .iter()
            .zip(0..)
            .map(|(&size, mark): (&usize, u8)| vec![mark; size])
            .collect();
        let mut sent = expected
            .iter()
            .map(|datagram| Transmit {
                to,
                datagram: datagram.clone(),
            })
            .collect();
        assert_eq!(one.send(&mut sent), 0);
        assert!(sent.is_empty());
        assert_eq!(received(&mut other, expected.len()), expected);
    }
}

#[test]
fn one_that_nobody_can_reach_keeps_none_of_the_others() {
    let (one, mut other, to) = pair("127.0.0.1:0");
    let mut sent: Vec<_> = ["[2001:db8::1]:9".parse().unwrap(), to]
        .into_iter()
        .map(|to| Transmit {
            to,
            datagram: vec![7],
        })
        .collect();
    assert_eq!(one.send(&mut sent), 1);
    assert_eq!(received(&mut other, 1), [[7]]);
}

#[test]
fn a_wait_is_ended_by_a_wake() {
    let socket = Socket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let wake = Wake::new().unwrap();
    wake.wake();
    socket.wait(&wake, Duration::from_secs(3000));
    wake.clear();
    socket.wait(&wake, Duration::from_millis(1));
}

#[test]
fn addresses_survive_the_way_through_the_system() {
    for address_text in ["192.0.2.1:77", "[2001:db8::7]:65535"] {
        let one: SocketAddr = address_text.parse().unwrap();
        assert_eq!(address(&name(one, one.is_ipv6()).0), Some(one));
    }
    let four = "192.0.2.1:77".parse().unwrap();
    assert_eq!(address(&name(four, true).0), Some(four));
}
