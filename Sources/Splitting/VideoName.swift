/// What the file name of a clip says of it, by the grammars of the datasets.
///
/// | dataset | real | fake |
/// |---|---|---|
/// | Celeb-DF | `idA_NNNN` | `idA_idB_NNNN`: body of A, face of B |
/// | FaceForensics++ | `NNN` | `target_source`: body of the first, face of the second |
/// | DeepFakeDetection | `actor__scene` | `target_source__scene__ABCD1234` |
/// | DeeperForensics | `NNN` | `target_SOURCE`, as `000_M101` |
package struct VideoName: Hashable, Sendable {
  /// Who is seen.
  package var identity: String
  /// Whose face was put in; `nil` for reals.
  package var donor: String?
  /// Name of the original without extension; for a real its own.
  package var original: String
  /// What is acted, where the name tells.
  package var scene: String?

  /// - Parameters:
  ///   - path: a path or a name, with extension or without.
  ///   - dataset: what else is known of where it comes from. Three digits are a name of FaceForensics++ only where
  ///     this, or the path, names that dataset or a method of its own.
  package init?(_ path: String, dataset: String = "") {
    let stem = Self.stem(path)
    // All grammars begin with `id` or a digit; most other names are told by that, without a regular expression.
    guard let first = stem.utf8.first, first == UInt8(ascii: "i") || (48...57).contains(first) else { return nil }
    if let match = stem.wholeMatch(of: /(id\d+)_(id\d+)_(\d+)/) {
      self.init(identity: match.1, donor: match.2, original: "\(match.1)_\(match.3)")
    } else if let match = stem.wholeMatch(of: /(id\d+)_\d+/) {
      self.init(identity: match.1, original: stem)
    } else if let match = stem.wholeMatch(of: /(\d{2})_(\d{2})__(.+)__[0-9A-Z]{8}/) {
      self.init(
        identity: "actor-\(match.1)", donor: "actor-\(match.2)", original: "\(match.1)__\(match.3)", scene: match.3)
    } else if let match = stem.wholeMatch(of: /(\d{2})__(.+)/) {
      self.init(identity: "actor-\(match.1)", original: stem, scene: match.2)
    } else if Self.isFaceForensics("\(dataset)/\(path)"),
      let match = stem.wholeMatch(of: /(\d{3})(?:_(\d{3}|[MW]\d{3}))?/)
    {
      self.init(identity: match.1, donor: match.2, original: String(match.1))
    } else {
      return nil
    }
  }

  private init(
    identity: some StringProtocol, donor: Substring? = nil, original: String, scene: Substring? = nil
  ) {
    self.identity = String(identity)
    self.donor = donor.map(String.init)
    self.original = original
    self.scene = scene.map(String.init)
  }

  /// The last part of a path without its extension, whichever way its slashes lean.
  package static func stem(_ path: String) -> String {
    let slashes: [UInt8] = [UInt8(ascii: "/"), UInt8(ascii: "\\")]
    guard let name = path.utf8.split(whereSeparator: slashes.contains).last.map(Substring.init) else { return path }
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return String(name) }
    return String(name[..<dot])
  }

  /// A path whose slashes lean forward.
  static func withForwardSlashes(_ path: String) -> String {
    // Few lean backward, and looking for a byte costs far less than looking for a character.
    path.utf8.contains(UInt8(ascii: "\\")) ? path.replacing("\\", with: "/") : path
  }

  /// The scene that a DeepFakeDetection clip's path names.
  static func scene(ofPath path: String) -> String? {
    // Told from two underlines, before anything slower is tried.
    guard path.contains("__") else { return nil }
    return VideoName(path)?.scene
  }

  private static let marks = [
    "faceforensics", "ff++", "ffpp", "ff-", "deeperforensics", "df-1.0", "original_sequences", "manipulated_sequences",
    "deepfakes", "face2face", "faceswap", "neuraltextures", "faceshifter",
  ]

  private static func isFaceForensics(_ text: String) -> Bool {
    let text = text.lowercased()
    return marks.contains { text.contains($0) }
  }
}
