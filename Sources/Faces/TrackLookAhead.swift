package import Records

/// Holds back frames of one source until it is known which of their faces are flukes, and what lies in gaps of tracks.
///
/// A frame waits for at most as many frames with a look as a track may miss, and one more. Where that would hold more
/// than the budget, the oldest frame is let go with what is known: nothing undecided is left out or filled in.
package struct TrackLookAhead<Payload> {
  private struct Track {
    var sightings = 0
    var bestScore = 0.0
    /// Where it was seen last: the number of that frame among those looked at, from 1.
    var lastLook = 0
    var last: (face: Face, seconds: Double)?
    var hasEnded = false
    var isFluke = false
  }

  private struct Held {
    var frame: DecidedFrame<Payload>
    var seconds: Double
    /// Looks so far, this frame's included.
    var look: Int
    var cost: Int
  }

  private let rules: TrackRules
  private var tracker: FaceTracker
  private var tracks: [Int: Track] = [:]
  private var held: [Held] = []
  private var cost = 0
  /// Frames looked at, in all and in this shot.
  private var looks = 0
  private var shotLooks = 0
  private var seconds = 0.0

  package init(_ rules: TrackRules) {
    self.rules = rules
    tracker = rules.makeTracker()
  }

  /// Takes the next frame.
  ///
  /// - Parameters:
  ///   - faces: `nil` where the frame was not looked at: its faces follow from the looks around it.
  ///   - seconds: when it is shown.
  ///   - isCut: whether it starts a shot.
  ///   - cost: what holding it costs, in the unit of ``TrackRules/budget``.
  /// - Returns: the frames that are decided now, in order.
  package mutating func add(
    _ payload: Payload, faces: [Face]?, seconds: Double, isCut: Bool = false, cost: Int = 0
  ) -> [DecidedFrame<Payload>] {
    if isCut { endShot() }
    self.seconds = seconds
    var entry = DecidedFrame(payload: payload)
    if let faces {
      looks += 1
      shotLooks += 1
      for (face, id) in zip(faces, tracker.assign(faces, seconds: seconds)) {
        entry.faces.append((face, id))
        see(face, id)
      }
      for id in tracks.keys where looks - (tracks[id]?.lastLook ?? 0) > rules.maximumGap { end(id) }
    }
    held.append(Held(frame: entry, seconds: seconds, look: looks, cost: cost))
    self.cost += cost
    return release()
  }

  /// Ends the source.
  ///
  /// - Returns: the frames still held, in order.
  package mutating func finish() -> [DecidedFrame<Payload>] {
    endShot()
    let rest = release()
    self = TrackLookAhead(rules)
    return rest
  }

  private mutating func endShot() {
    for id in tracks.keys { end(id) }
    tracker.endTracks()
    shotLooks = 0
  }

  /// A shot too short to see anybody twice in has no flukes.
  private mutating func end(_ id: Int) {
    guard var track = tracks[id], !track.hasEnded else { return }
    track.hasEnded = true
    track.isFluke = !isConfirmed(track) && shotLooks >= rules.maximumGap + 2
    tracks[id] = track
  }

  private func isConfirmed(_ track: Track) -> Bool {
    track.sightings >= rules.minimumFrames || track.bestScore >= rules.sureScore
  }

  private mutating func see(_ face: Face, _ id: Int) {
    var track = tracks[id] ?? Track()
    if let last = track.last, fills(track, misses: looks - track.lastLook - 1) {
      for index in held.indices where held[index].seconds > last.seconds && held[index].look >= track.lastLook {
        let position = (held[index].seconds - last.seconds) / (seconds - last.seconds)
        held[index].frame.faces.append((.interpolated(from: last.face, to: face, position: position), id))
      }
    }
    track.sightings += 1
    track.bestScore = max(track.bestScore, face.score)
    track.lastLook = looks
    track.last = (face, seconds)
    tracks[id] = track
  }

  /// Whether what lies between a track's last sighting and one now is filled in.
  private func fills(_ track: Track, misses: Int) -> Bool {
    guard let last = track.last, seconds > last.seconds else { return false }
    return misses == 0 || rules.interpolates && seconds - last.seconds <= rules.maximumGapSeconds
  }

  private mutating func release() -> [DecidedFrame<Payload>] {
    var released: [DecidedFrame<Payload>] = []
    while let first = held.first, cost > rules.budget || isDecided(first) {
      held.removeFirst()
      cost -= first.cost
      var frame = first.frame
      frame.flukes = frame.faces.filter { tracks[$0.track]?.isFluke == true }
      frame.faces.removeAll { tracks[$0.track]?.isFluke == true }
      released.append(frame)
    }
    return released
  }

  private func isDecided(_ entry: Held) -> Bool {
    tracks.allSatisfy { id, track in
      if track.hasEnded { return true }
      if entry.frame.faces.contains(where: { $0.track == id }) { return isConfirmed(track) }
      let isBeforeTrack = track.last.map { $0.seconds >= entry.seconds } ?? true
      // Time only grows: what cannot be filled in now never will be.
      let misses = looks - track.lastLook
      let mayBeFilled =
        misses == 0 || rules.interpolates && seconds - (track.last?.seconds ?? seconds) <= rules.maximumGapSeconds
      return isBeforeTrack || !mayBeFilled
    }
  }
}

/// A frame and what became of the faces in it.
package struct DecidedFrame<Payload> {
  package let payload: Payload
  /// Those found, in the order they were given in, then those filled in, with their tracks.
  package fileprivate(set) var faces: [(face: Face, track: Int)] = []
  /// Those of tracks that were seen too rarely.
  package fileprivate(set) var flukes: [(face: Face, track: Int)] = []

  fileprivate init(payload: Payload) { self.payload = payload }
}

/// When faces are one person, and what of a track is kept.
package struct TrackRules: Sendable {
  /// See ``FaceTracker``.
  package var minimumOverlap = 0.3
  package var maximumShift = 1.0
  /// Frames looked at that a track survives without a face.
  package var maximumGap = 2
  /// Whether frames that a track misses are filled in, and over how many seconds at most, from sighting to sighting.
  package var interpolates = true
  package var maximumGapSeconds = 1.0
  /// Sightings that a track needs, unless its shot has fewer than ``maximumGap`` + 2 frames looked at.
  package var minimumFrames = 2
  /// A face with this score or more is no fluke, however rarely it is seen.
  package var sureScore = 0.8
  /// Most that is held.
  package var budget = Int.max

  package init() {}

  fileprivate func makeTracker() -> FaceTracker {
    FaceTracker(minimumOverlap: minimumOverlap, maximumShift: maximumShift, maximumGap: maximumGap)
  }
}
