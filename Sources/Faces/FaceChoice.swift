package import Records

/// Which faces are used: of a frame by itself, or of a whole source.
package enum FaceChoice: Hashable, Sendable {
  /// The face with the largest box; of equals the surer.
  case largest
  case all
  /// So many of the largest faces.
  case atMost(Int)
  /// The person seen in most frames of the source; of equals the larger. See ``TrackPresence``.
  case mostPresent
  /// The face that meets the manipulation's mask. See ``ManipulationMask``.
  case mask

  /// The names that pipelines use; `at-most` goes with a number.
  package static let names = ["largest", "all", "at-most", "most-present", "mask"]

  /// - Parameter limit: how many, at `at-most`.
  package init?(name: String, limit: Int = 1) {
    switch name {
    case "largest": self = .largest
    case "all": self = .all
    case "at-most": self = .atMost(max(1, limit))
    case "most-present": self = .mostPresent
    case "mask": self = .mask
    default: return nil
    }
  }

  /// The indices of the chosen faces of one frame, ascending.
  ///
  /// A choice that asks for more than the frame (`most-present`, `mask`) takes the largest.
  package func choose(_ faces: [Face]) -> [Int] {
    switch self {
    case .all: Array(faces.indices)
    case .largest, .mostPresent, .mask: Self.largest(1, of: faces)
    case .atMost(let limit): Self.largest(limit, of: faces)
    }
  }

  private static func largest(_ count: Int, of faces: [Face]) -> [Int] {
    let order = faces.indices.sorted { left, right in
      faces[left].box.area == faces[right].box.area
        ? faces[left].precedes(faces[right]) : faces[left].box.area > faces[right].box.area
    }
    return order.prefix(count).sorted()
  }
}

/// As records write it: `at-most-3` holds its number.
extension FaceChoice: RawRepresentable {
  package init?(rawValue: String) {
    let prefix = "at-most-"
    if rawValue.hasPrefix(prefix) {
      guard let limit = Int(rawValue.dropFirst(prefix.count)), limit > 0 else { return nil }
      self = .atMost(limit)
    } else if rawValue != "at-most", let choice = FaceChoice(name: rawValue) {
      self = choice
    } else {
      return nil
    }
  }

  package var rawValue: String {
    switch self {
    case .largest: "largest"
    case .all: "all"
    case .atMost(let limit): "at-most-\(limit)"
    case .mostPresent: "most-present"
    case .mask: "mask"
    }
  }
}

/// Counts how long every track of a source is there.
package struct TrackPresence: Sendable {
  private var tracks: [Int: (frames: Int, area: Double)] = [:]

  package init() {}

  /// Counts one frame's faces.
  package mutating func add(_ faces: some Sequence<(face: Face, track: Int)>) {
    for (face, track) in faces {
      let known = tracks[track] ?? (0, 0)
      tracks[track] = (known.frames + 1, known.area + face.box.area)
    }
  }

  /// The track with most frames; of equals the one with the larger faces, then the older. `nil` without any.
  package var mostPresent: Int? {
    tracks.min { left, right in
      (-left.value.frames, -left.value.area, left.key) < (-right.value.frames, -right.value.area, right.key)
    }?.key
  }
}
