//! Who is shown in which slot.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    event::{Media, Quality, Wishes},
    tap::Sink,
};

/// A room, as its shard holds it.
#[derive(Debug)]
pub(crate) struct Room {
    /// Its peers' places, in the order they came.
    pub(crate) peers: Vec<u32>,
    pub(crate) sink: Sink,
    wishes: Wishes,
    /// Wishes of one viewer, which go before those of the room.
    viewers: HashMap<Arc<str>, Wishes>,
    muted: HashSet<(Arc<str>, Media)>,
}

impl Room {
    pub(crate) fn new(sink: Sink) -> Self {
        Self {
            peers: Vec::new(),
            sink,
            wishes: Wishes::default(),
            viewers: HashMap::new(),
            muted: HashSet::new(),
        }
    }

    pub(crate) fn wish(&mut self, viewer: Option<Arc<str>>, wishes: Wishes) {
        match viewer {
            None => self.wishes = wishes,
            Some(viewer) if wishes.0.is_empty() => drop(self.viewers.remove(&viewer)),
            Some(viewer) => drop(self.viewers.insert(viewer, wishes)),
        }
    }

    fn wishes(&self, viewer: &str) -> &Wishes {
        self.viewers.get(viewer).unwrap_or(&self.wishes)
    }

    /// Where somebody stands among those to be shown to a viewer.
    pub(crate) fn rank(&self, viewer: &str, participant: &str) -> usize {
        let wishes = &self.wishes(viewer).0;
        wishes
            .iter()
            .position(|(name, _)| &**name == participant)
            .unwrap_or(usize::MAX)
    }

    /// How well a viewer wants to see somebody: well, as long as nobody said otherwise.
    pub(crate) fn quality(&self, viewer: &str, participant: &str) -> Quality {
        let wishes = &self.wishes(viewer).0;
        let named = wishes.iter().find(|(name, _)| &**name == participant);
        let others = if wishes.is_empty() {
            Quality::High
        } else {
            Quality::Low
        };
        named.map_or(others, |(_, quality)| *quality)
    }

    pub(crate) fn mute(&mut self, participant: Arc<str>, media: Media, muted: bool) {
        if muted {
            self.muted.insert((participant, media));
        } else {
            self.muted.remove(&(participant, media));
        }
    }

    pub(crate) fn muted(&self, participant: &Arc<str>, media: Media) -> bool {
        !self.muted.is_empty() && self.muted.contains(&(Arc::clone(participant), media))
    }

    /// Forgets what was said of somebody who is gone, so that names do not pile up.
    pub(crate) fn forget(&mut self, participant: &str) {
        self.viewers.remove(participant);
        self.muted.retain(|(name, _)| &**name != participant);
    }
}

/// Puts the first of `wanted` into as many slots. Whoever is shown already stays where they are.
pub(crate) fn fit<T: PartialEq + Clone>(slots: &[Option<T>], wanted: &[T]) -> Vec<Option<T>> {
    let wanted = &wanted[..wanted.len().min(slots.len())];
    let mut fitted: Vec<_> = slots
        .iter()
        .map(|slot| slot.clone().filter(|shown| wanted.contains(shown)))
        .collect();
    for one in wanted {
        if fitted.iter().any(|slot| slot.as_ref() == Some(one)) {
            continue;
        }
        if let Some(free) = fitted.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(one.clone());
        }
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tap::tap;

    #[test]
    fn whoever_is_shown_stays_in_their_slot() {
        assert_eq!(fit(&[None, None], &[1, 2, 3]), [Some(1), Some(2)]);
        assert_eq!(fit(&[Some(1), Some(2)], &[3, 1]), [Some(1), Some(3)]);
        assert_eq!(fit(&[Some(1), Some(2)], &[2]), [None, Some(2)]);
        assert_eq!(fit::<u8>(&[], &[1]), []);
        assert_eq!(fit::<u8>(&[Some(4)], &[]), [None]);
    }

    #[test]
    fn a_viewers_own_wishes_go_before_the_rooms() {
        let mut room = Room::new(tap(1, 1).0);
        assert_eq!(room.quality("bob", "alice"), Quality::High);
        room.wish(None, Wishes(vec![("alice".into(), Quality::High)]));
        assert_eq!(room.quality("bob", "carol"), Quality::Low);
        assert_eq!(
            (room.rank("bob", "alice"), room.rank("bob", "carol")),
            (0, usize::MAX)
        );
        let own = Wishes(vec![("carol".into(), Quality::High)]);
        room.wish(Some("bob".into()), own);
        assert_eq!(room.quality("bob", "carol"), Quality::High);
        assert_eq!(room.rank("bob", "alice"), usize::MAX);
        room.forget("bob");
        assert_eq!(room.rank("bob", "alice"), 0);
    }

    #[test]
    fn who_is_muted_is_muted_in_one_medium() {
        let mut room = Room::new(tap(1, 1).0);
        let alice: Arc<str> = "alice".into();
        room.mute(Arc::clone(&alice), Media::Audio, true);
        assert!(room.muted(&alice, Media::Audio));
        assert!(!room.muted(&alice, Media::Video));
        room.mute(Arc::clone(&alice), Media::Audio, false);
        assert!(!room.muted(&alice, Media::Audio));
    }
}
