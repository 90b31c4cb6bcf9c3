//! The media server: rooms in which `WebRTC` peers publish and receive, and the tap beside them.
//!
//! [`shard::Shard`] is the machine: datagrams, commands and the time go in, datagrams and events come
//! out. It has no clock, thread or socket of its own, so that whole rooms run in tests. [`server`] puts
//! it on threads with one UDP port each; nothing here knows of Python.

pub mod assembly;
pub mod demux;
mod drive;
pub mod event;
mod layers;
pub mod limits;
pub mod offer;
mod peer;
pub mod rewrite;
mod room;
pub mod server;
pub mod shard;
mod socket;
pub mod stats;
pub mod tap;
