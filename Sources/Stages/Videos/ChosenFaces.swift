internal import Engine
internal import Faces
private import Imaging
internal import Records

/// Chooses among the faces of one source after another: frame by frame or, where the choice needs all, at the end.
///
/// Under `mask` an original has no mask of its own: that of its first fake that has one tells the face, so that both
/// show one person. A source without any mask takes the largest face, and says so (`no-mask`).
struct ChosenFaces {
  private let choice: FaceChoice
  private let family: Family
  private let roots: [String: String]
  private let note: (Source, _ code: String, _ detail: String) -> Void
  private var presence = TrackPresence()
  /// The source in hand and its mask.
  private var mask: (source: String, video: MaskVideo?)?
  /// The masks of the family that were read, by path; an original and its first fake share one.
  private var shared: (path: String, video: MaskVideo)?

  /// - Parameter note: takes the remarks on a source.
  init(
    _ choice: FaceChoice, family: Family, roots: [String: String],
    note: @escaping (Source, _ code: String, _ detail: String) -> Void
  ) {
    (self.choice, self.family, self.roots, self.note) = (choice, family, roots, note)
  }

  /// Whether the choice is known at the end of a source only; see ``chosenTrack()``.
  var needsWholeSource: Bool { choice == .mostPresent }

  /// The indices of the frame's chosen faces, ascending; all that may be chosen where ``needsWholeSource``.
  mutating func choose(_ tracked: TrackedFrame) -> [Int] {
    let faces = tracked.faces.map(\.face)
    switch choice {
    case .mostPresent:
      presence.add(tracked.faces)
      return Array(faces.indices)
    case .mask:
      let frame = tracked.frame
      guard frame.source.input == .frame, let video = maskVideo(of: frame.source) else {
        return FaceChoice.largest.choose(faces)
      }
      let best = video.mask(at: frame.seconds)?
        .bestMet(of: faces, frameWidth: frame.picture.width, frameHeight: frame.picture.height)
      return best.map { [$0] } ?? []
    case .largest, .all, .atMost: return choice.choose(faces)
    }
  }

  /// Ends a source.
  ///
  /// - Returns: the track that is chosen, where ``needsWholeSource`` and there was a face.
  mutating func endSource() -> Int? {
    defer { presence = TrackPresence() }
    mask = nil
    return needsWholeSource ? presence.mostPresent : nil
  }

  private mutating func maskVideo(of source: Source) -> MaskVideo? {
    if let mask, mask.source == source.name { return mask.video }
    let video = read(source)
    mask = (source.name, video)
    return video
  }

  /// The source's own mask or, for an original, the first that its fakes have.
  private mutating func read(_ source: Source) -> MaskVideo? {
    let candidates = source.name == family.name ? family.sources.filter { $0.mask != nil } : [source]
    var reason = "the dataset names none"
    for candidate in candidates {
      guard let name = candidate.mask else { continue }
      let path = "\(roots[candidate.dataset] ?? "")/\(name)"
      if let shared, shared.path == path { return shared.video }
      do {
        let video = try MaskVideo(path: path)
        shared = (path, video)
        return video
      } catch { reason = "\(error)" }
    }
    note(source, "no-mask", "the largest face was taken: \(reason)")
    return nil
  }
}
