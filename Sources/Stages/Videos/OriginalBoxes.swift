internal import Faces
internal import Records

/// Gives the frames of one fake the faces of its original's frames, as far as both verifiably show the same.
///
/// The map of coordinates is found once, on the first frames. After that every frame is verified by itself: what
/// surrounds each face has to be where the original has it. A frame whose partner does not fit is held against all
/// frames of the original, so a fake may lag behind its original, or run backwards.
final class OriginalBoxes {
  enum Outcome {
    /// The original's faces, in pixels of the fake, and where they are from.
    case inherited([Face], OriginalView)
    /// The original's frame was not looked at either.
    case notLookedAt
    /// Nothing is known of this frame.
    case unknown
  }

  /// Frames of a fake on which its coordinates are looked for.
  private static let maximumAttempts = 4
  /// The original's frames that are held against a frame whose partner does not fit.
  private static let maximumLookAlikes = 8
  /// Agreements nearer to each other than this do not tell two frames of the original apart.
  private static let ambiguity = 0.002

  private let family: FamilyFaces
  private let minimumFacePixels: Double
  private var registration: Registration?
  private var attempts = 0
  private var inheritedCount = 0
  private var unknownCount = 0
  private var firstUnknown: Int64?

  /// - Parameter minimumFacePixels: shorter sides below this are no faces, pixels of the fake.
  init(_ family: FamilyFaces, minimumFacePixels: Double) {
    (self.family, self.minimumFacePixels) = (family, minimumFacePixels)
  }

  func outcome(for frame: DecodedFrame) throws -> Outcome {
    guard !family.entries.isEmpty else { return unknown(frame) }
    let partner = family.partner(of: frame)
    if let partner, !partner.isLookedAt { return .notLookedAt }
    let thumbnail = try RegistrationThumbnail(frame.picture)
    guard let map = map(thumbnail, partner: partner) else { return unknown(frame) }
    if let partner, let found = verified(partner, thumbnail, map) { return inherited(found, map) }
    let fitting = family.lookAlikes(of: thumbnail, map: map, limit: Self.maximumLookAlikes)
      .compactMap { verified($0, thumbnail, map) }
    guard let best = fitting.max(by: { $0.agreement < $1.agreement }) else { return unknown(frame) }
    let rivals = fitting.filter { $0.agreement >= best.agreement - Self.ambiguity }
    return rivals.allSatisfy { $0.faces.isLike(best.faces) } ? inherited(best, map) : unknown(frame)
  }

  /// What is to be noted of the source: where the original lies in it, and how many frames were detected on their own.
  var notes: [(code: String, detail: String)] {
    var notes: [(code: String, detail: String)] = []
    if let map = registration?.map, map != .identity, inheritedCount > 0 {
      notes.append(
        (
          "registered",
          "x' = \(decimal(map.scaleX, 6)) x + \(decimal(map.offsetX, 2)), "
            + "y' = \(decimal(map.scaleY, 6)) y + \(decimal(map.offsetY, 2)) from the original's pixels to its own"
        ))
    }
    if unknownCount > 0 {
      let reason =
        family.entries.isEmpty
        ? "no frame of its original is there"
        : registration == nil
          ? "it lies nowhere on its original"
          : "they show no frame of its original, the first at pts \(firstUnknown ?? 0)"
      notes.append(
        (
          "not-registered",
          "\(unknownCount) of \(unknownCount + inheritedCount) frames detected on their own: \(reason)"
        ))
    }
    return notes
  }

  private func inherited(_ found: Verified, _ map: RegistrationMap) -> Outcome {
    inheritedCount += 1
    return .inherited(found.faces, OriginalView(pts: found.pts, map: map))
  }

  private func unknown(_ frame: DecodedFrame) -> Outcome {
    unknownCount += 1
    firstUnknown = firstUnknown ?? frame.pts
    return .unknown
  }

  /// The map of this fake, looked for on its first frames.
  private func map(_ thumbnail: RegistrationThumbnail, partner: FamilyFaces.Entry?) -> RegistrationMap? {
    if let registration { return registration.map }
    guard attempts < Self.maximumAttempts else { return nil }
    attempts += 1
    registration =
      partner.flatMap { registration(of: thumbnail, on: $0) }
      ?? family.lookAlikes(of: thumbnail, map: nil, limit: 2).lazy
      .compactMap { self.registration(of: thumbnail, on: $0) }.first
    return registration?.map
  }

  private func registration(of thumbnail: RegistrationThumbnail, on entry: FamilyFaces.Entry) -> Registration? {
    guard let found = Registration.find(original: entry.thumbnail, fake: thumbnail, faces: entry.faces) else {
      return nil
    }
    return verified(entry, thumbnail, found.map) == nil ? nil : found
  }

  /// A frame of the original that agrees with the fake's: its faces in pixels of the fake, and how well.
  private typealias Verified = (faces: [Face], agreement: Double, pts: Int64)

  /// The faces of `entry` in pixels of the fake and how surely they are there; `nil` where they are not.
  private func verified(
    _ entry: FamilyFaces.Entry, _ thumbnail: RegistrationThumbnail, _ map: RegistrationMap
  ) -> Verified? {
    let seen = entry.faces.filter { face in
      let box = map.apply(face.box)
      return min(box.width, box.height) >= minimumFacePixels
        && box.share(within: thumbnail.pictureWidth, thumbnail.pictureHeight) >= 0.5
    }
    let agreements = seen.map { face in
      Registration.agreement(
        of: face, among: entry.faces, original: entry.thumbnail, fake: thumbnail, map: map)
    }
    let agreement =
      agreements.min()
      ?? Registration.agreement(of: entry.faces, original: entry.thumbnail, fake: thumbnail, map: map)
    return agreement >= Registration.minimumAgreement ? (seen.map(map.apply), agreement, entry.pts) : nil
  }
}

extension Box {
  /// The share of its area that lies in a picture of the given size.
  fileprivate func share(within width: Int, _ height: Int) -> Double {
    let wide = min(x + self.width, Double(width)) - max(x, 0)
    let high = min(y + self.height, Double(height)) - max(y, 0)
    return wide > 0 && high > 0 && area > 0 ? wide * high / area : 0
  }
}

extension [Face] {
  /// Whether these are faces at the same places.
  fileprivate func isLike(_ other: [Face]) -> Bool {
    count == other.count && allSatisfy { face in other.contains { face.box.overlap(with: $0.box) >= 0.8 } }
  }
}

/// `value` with a fixed number of decimals.
private func decimal(_ value: Double, _ places: Int) -> String {
  let factor = (0..<places).reduce(1.0) { power, _ in power * 10 }
  return "\((value * factor).rounded() / factor)"
}
