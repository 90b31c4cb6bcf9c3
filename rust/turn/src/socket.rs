//! One UDP socket: many datagrams in one call, and a wait that something else can end.
#![expect(
    unsafe_code,
    reason = "recvmmsg, sendmmsg and ppoll have no safe door in std"
)]

use std::{
    io, mem,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    os::fd::{AsRawFd, FromRawFd, OwnedFd},
    ptr,
    time::Duration,
};

use crate::shard::Transmit;

/// Datagrams of one call.
pub(crate) const BATCH: usize = 64;
/// Bytes of a datagram that are taken: WebRTC sends none larger than an Ethernet frame.
const LARGEST: usize = 2048;
/// Bytes the system may hold for us each way: 100 ms of 300 Mbit/s.
const KERNEL_BUFFER: libc::c_int = 4 << 20;
/// Segments and bytes of one call of segmentation offload (`UDP_MAX_SEGMENTS`, and what IP can carry).
const SEGMENTS: usize = 64;
const SEGMENTED_BYTES: usize = 65_000;

/// A socket and what is needed for its calls.
pub(crate) struct Socket {
    socket: UdpSocket,
    /// Whether it is of IPv6, which has addresses of IPv4 in it.
    mapped: bool,
    buffers: Box<[[u8; LARGEST]; BATCH]>,
    names: Box<[libc::sockaddr_storage; BATCH]>,
    /// Whether the system cuts one large datagram into many.
    segments: bool,
}

/// Ends a wait from another thread.
#[derive(Debug)]
pub(crate) struct Wake(OwnedFd);

impl Wake {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: takes no pointers; the result is checked before it is owned.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it was just made, and nobody else has it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Wakes whoever waits, or will.
    pub(crate) fn wake(&self) {
        let one = 1_u64;
        // SAFETY: eight bytes that live, as eventfd takes them. Full means that it is awake already.
        let _ = unsafe { libc::write(self.0.as_raw_fd(), ptr::from_ref(&one).cast(), 8) };
    }

    /// Takes note that it was woken.
    pub(crate) fn clear(&self) {
        let mut count = 0_u64;
        // SAFETY: eight bytes that live and may be written; none there is no error of ours.
        let _ = unsafe { libc::read(self.0.as_raw_fd(), ptr::from_mut(&mut count).cast(), 8) };
    }

    pub(crate) fn fd(&self) -> i32 {
        self.0.as_raw_fd()
    }
}

impl Socket {
    /// Binds.
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        for option in [libc::SO_RCVBUF, libc::SO_SNDBUF] {
            set(&socket, libc::SOL_SOCKET, option, KERNEL_BUFFER);
        }
        // Asking for none finds out whether there is such a thing.
        let segments = set(&socket, libc::SOL_UDP, libc::UDP_SEGMENT, 0);
        Ok(Self {
            socket,
            mapped: address.is_ipv6(),
            buffers: Box::new([[0; LARGEST]; BATCH]),
            // SAFETY: plain numbers, of which zero is one.
            names: Box::new(unsafe { mem::zeroed() }),
            segments,
        })
    }

    pub(crate) fn local(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Waits until there is something to read, `wake` is called, or the time is over.
    pub(crate) fn wait(&self, wake: &Wake, time: Duration) {
        let entry = |fd| libc::pollfd {
            fd,
            events: libc::POLLIN,
            revents: 0,
        };
        let mut fds = [entry(self.socket.as_raw_fd()), entry(wake.fd())];
        let time = libc::timespec {
            tv_sec: time.as_secs().min(3600).cast_signed(),
            tv_nsec: time.subsec_nanos().into(),
        };
        // SAFETY: two entries, a time and no signals; all live through the call. Whatever it says, the
        // caller looks at both.
        unsafe { libc::ppoll(fds.as_mut_ptr(), 2, &raw const time, ptr::null()) };
    }

    /// Reads what is there, up to a batch; hands each to `take`. How many there were.
    pub(crate) fn receive(&mut self, mut take: impl FnMut(SocketAddr, &[u8])) -> usize {
        let mut pieces: [libc::iovec; BATCH] = std::array::from_fn(|place| libc::iovec {
            iov_base: self.buffers[place].as_mut_ptr().cast(),
            iov_len: LARGEST,
        });
        let mut headers: [libc::mmsghdr; BATCH] = std::array::from_fn(|place| {
            // SAFETY: plain numbers and null pointers, of which zero is one.
            let mut header: libc::mmsghdr = unsafe { mem::zeroed() };
            header.msg_hdr.msg_name = ptr::from_mut(&mut self.names[place]).cast();
            header.msg_hdr.msg_namelen = length::<libc::sockaddr_storage>();
            header.msg_hdr.msg_iov = &raw mut pieces[place];
            header.msg_hdr.msg_iovlen = 1;
            header
        });
        // SAFETY: each header points to a name and a buffer of its own, which live through the call
        // and are as long as they say.
        let count = unsafe {
            libc::recvmmsg(
                self.socket.as_raw_fd(),
                headers.as_mut_ptr(),
                headers.len().try_into().unwrap_or(0),
                libc::MSG_DONTWAIT,
                ptr::null_mut(),
            )
        };
        let count = usize::try_from(count).unwrap_or(0);
        for (place, header) in headers.iter().enumerate().take(count) {
            let length = (header.msg_len as usize).min(LARGEST);
            let cut = header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0;
            if let Some(from) = address(&self.names[place]).filter(|_| !cut) {
                take(from, &self.buffers[place][..length]);
            }
        }
        count
    }

    /// Sends all of it, in as few calls as can be. How many the system did not take.
    pub(crate) fn send(&self, datagrams: &mut Vec<Transmit>) -> u64 {
        if datagrams.is_empty() {
            return 0;
        }
        // What goes to one address is one run; within it the order stays.
        datagrams.sort_by_key(|sent| sent.to);
        let mut unsent = 0;
        let mut rest = datagrams.as_slice();
        while !rest.is_empty() {
            let (taken, failed) = self.send_some(rest);
            unsent += failed;
            rest = &rest[taken..];
        }
        datagrams.clear();
        unsent
    }

    /// Sends the first batch; how many datagrams that were, and how many of them were not taken.
    fn send_some(&self, datagrams: &[Transmit]) -> (usize, u64) {
        let batch = &datagrams[..datagrams.len().min(SEGMENTS * 4)];
        let mut pieces: Vec<libc::iovec> = batch
            .iter()
            .map(|sent| libc::iovec {
                iov_base: sent.datagram.as_ptr().cast_mut().cast(),
                iov_len: sent.datagram.len(),
            })
            .collect();
        let mut runs = Vec::with_capacity(BATCH);
        let mut covered = 0;
        while covered < batch.len() && runs.len() < BATCH {
            let length = if self.segments {
                run(&batch[covered..])
            } else {
                1
            };
            runs.push((covered, length));
            covered += length;
        }
        let mut names: Vec<_> = runs
            .iter()
            .map(|&(first, _)| name(batch[first].to, self.mapped))
            .collect();
        let mut controls: Vec<Control> = runs
            .iter()
            .map(|&(first, _)| Control::new(batch[first].datagram.len()))
            .collect();
        let mut headers: Vec<libc::mmsghdr> = runs
            .iter()
            .enumerate()
            .map(|(place, &(first, length))| {
                // SAFETY: plain numbers and null pointers, of which zero is one.
                let mut header: libc::mmsghdr = unsafe { mem::zeroed() };
                let (name, size) = &mut names[place];
                header.msg_hdr.msg_name = ptr::from_mut(name).cast();
                header.msg_hdr.msg_namelen = *size;
                header.msg_hdr.msg_iov = &raw mut pieces[first];
                header.msg_hdr.msg_iovlen = length;
                if length > 1 {
                    header.msg_hdr.msg_control = ptr::from_mut(&mut controls[place]).cast();
                    header.msg_hdr.msg_controllen = size_of::<Control>();
                }
                header
            })
            .collect();
        let mut done = 0;
        let mut unsent = 0;
        while done < headers.len() {
            let left = &mut headers[done..];
            #[expect(clippy::cast_possible_truncation, reason = "at most a batch")]
            let length = left.len() as u32;
            // SAFETY: each header points to a name, pieces and a control block that live through the
            // call; the pieces are only read from.
            let sent =
                unsafe { libc::sendmmsg(self.socket.as_raw_fd(), left.as_mut_ptr(), length, 0) };
            if let Ok(sent @ 1..) = usize::try_from(sent) {
                done += sent;
            } else {
                // A full buffer or an address nobody can reach: UDP may lose it, so that nobody waits.
                unsent += runs[done].1 as u64;
                done += 1;
            }
        }
        (covered, unsent)
    }
}

/// How many of the first go to one address in segments of one size, the last maybe shorter.
fn run(datagrams: &[Transmit]) -> usize {
    let Some(first) = datagrams.first() else {
        return 0;
    };
    let size = first.datagram.len();
    let mut bytes = 0;
    let mut count = 0;
    for sent in datagrams.iter().take(SEGMENTS) {
        bytes += sent.datagram.len();
        if sent.to != first.to || sent.datagram.len() > size || bytes > SEGMENTED_BYTES {
            break;
        }
        count += 1;
        if sent.datagram.len() < size {
            break;
        }
    }
    count.max(1)
}

/// A control block that says how long each segment is.
#[repr(C)]
struct Control {
    header: libc::cmsghdr,
    size: u16,
    _pad: [u8; 6],
}

impl Control {
    fn new(size: usize) -> Self {
        Self {
            header: libc::cmsghdr {
                cmsg_len: size_of::<libc::cmsghdr>() + size_of::<u16>(),
                cmsg_level: libc::SOL_UDP,
                cmsg_type: libc::UDP_SEGMENT,
            },
            #[expect(clippy::cast_possible_truncation, reason = "a datagram's length")]
            size: size as u16,
            _pad: [0; 6],
        }
    }
}

/// A structure's size, as the system takes it.
fn length<T>() -> libc::socklen_t {
    size_of::<T>().try_into().unwrap_or(0)
}

/// Whether the system took an option.
fn set(socket: &UdpSocket, level: libc::c_int, option: libc::c_int, value: libc::c_int) -> bool {
    // SAFETY: an int that lives, of the size that is told.
    let done = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            ptr::from_ref(&value).cast(),
            length::<libc::c_int>(),
        )
    };
    done == 0
}

/// An address of the system's as one of ours. IPv4 in IPv6 is told as IPv4.
fn address(name: &libc::sockaddr_storage) -> Option<SocketAddr> {
    match libc::c_int::from(name.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says that it is one; the storage is larger and aligned for each.
            let name = unsafe { &*ptr::from_ref(name).cast::<libc::sockaddr_in>() };
            let ip = Ipv4Addr::from(u32::from_be(name.sin_addr.s_addr));
            Some(SocketAddr::new(ip.into(), u16::from_be(name.sin_port)))
        }
        libc::AF_INET6 => {
            // SAFETY: the family says that it is one; the storage is larger and aligned for each.
            let name = unsafe { &*ptr::from_ref(name).cast::<libc::sockaddr_in6>() };
            let ip = Ipv6Addr::from(name.sin6_addr.s6_addr).to_canonical();
            Some(SocketAddr::new(ip, u16::from_be(name.sin6_port)))
        }
        _ => None,
    }
}

/// An address of ours as the system's, and its length.
fn name(address: SocketAddr, mapped: bool) -> (libc::sockaddr_storage, u32) {
    // SAFETY: plain numbers, of which zero is one.
    let mut name: libc::sockaddr_storage = unsafe { mem::zeroed() };
    let ip = match address.ip() {
        IpAddr::V4(ip) if mapped => IpAddr::V6(ip.to_ipv6_mapped()),
        ip => ip,
    };
    let length = match ip {
        IpAddr::V4(ip) => {
            // SAFETY: the storage is larger than one, and aligned for it.
            let into = unsafe { &mut *ptr::from_mut(&mut name).cast::<libc::sockaddr_in>() };
            into.sin_family = libc::sa_family_t::try_from(libc::AF_INET).unwrap_or(0);
            into.sin_port = address.port().to_be();
            into.sin_addr.s_addr = u32::from(ip).to_be();
            length::<libc::sockaddr_in>()
        }
        IpAddr::V6(ip) => {
            // SAFETY: the storage is larger than one, and aligned for it.
            let into = unsafe { &mut *ptr::from_mut(&mut name).cast::<libc::sockaddr_in6>() };
            into.sin6_family = libc::sa_family_t::try_from(libc::AF_INET6).unwrap_or(0);
            into.sin6_port = address.port().to_be();
            into.sin6_addr.s6_addr = ip.octets();
            length::<libc::sockaddr_in6>()
        }
    };
    (name, length)
}

#[cfg(test)]
mod tests;
