internal import Faces
internal import Records

/// What a family's pass remembers of its original: the faces of every frame, and what the frame looked like.
struct FamilyFaces {
  /// One frame of the original.
  struct Entry {
    let pts: Int64
    let timeBase: TimeBase
    /// Position among all frames of the original.
    let index: Int
    /// Whether its faces are known; where not, they follow from the frames around it.
    let isLookedAt: Bool
    let faces: [Face]
    let thumbnail: RegistrationThumbnail
  }

  /// Most memory for thumbnails: about 1,500 frames of 16:9. Frames beyond are not remembered.
  static let maximumBytes = 64 << 20

  /// In presentation order.
  private(set) var entries: [Entry] = []
  private var bytes = 0

  mutating func remember(_ frame: DecodedFrame, faces: [Face], isLookedAt: Bool) throws {
    guard bytes < Self.maximumBytes else { return }
    let thumbnail = try RegistrationThumbnail(frame.picture)
    bytes += thumbnail.byteCount
    entries.append(
      Entry(
        pts: frame.pts, timeBase: frame.timeBase, index: frame.index, isLookedAt: isLookedAt, faces: faces,
        thumbnail: thumbnail))
  }

  /// The original's frame that is likely to show the same moment as a fake's: the one that was chosen beside it, or else
  /// the one of the same time, or else of the same number.
  func partner(of frame: DecodedFrame) -> Entry? {
    if let pts = frame.originalPTS { return entries.first { $0.pts == pts } }
    return entries.first { $0.isSimultaneous(with: frame) } ?? entries.first { $0.index == frame.index }
  }

  /// Frames whose faces are known, those most like `thumbnail` first.
  func lookAlikes(of thumbnail: RegistrationThumbnail, map: RegistrationMap?, limit: Int) -> [Entry] {
    let ranked = entries.filter(\.isLookedAt).map { entry in
      (
        entry: entry,
        likeness: Registration.resemblance(original: entry.thumbnail, fake: thumbnail, map: map)
      )
    }
    return ranked.sorted { ($0.likeness, $1.entry.index) > ($1.likeness, $0.entry.index) }.prefix(limit).map(\.entry)
  }
}

extension FamilyFaces.Entry {
  /// Whether the two have the very same time, whatever their time bases.
  fileprivate func isSimultaneous(with frame: DecodedFrame) -> Bool {
    Int128(pts) * Int128(timeBase.numerator) * Int128(frame.timeBase.denominator)
      == Int128(frame.pts) * Int128(frame.timeBase.numerator) * Int128(timeBase.denominator)
  }
}
