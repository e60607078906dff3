/// Why two samples should not stand on the two sides of a split.
package enum LinkKind: String, Codable, Hashable, Sendable, CaseIterable, CodingKeyRepresentable {
  /// The very same video or image.
  case video
  /// An original and its fakes.
  case family
  /// The same person's body and scene, in one dataset.
  case identity
  /// Cut from the same video, in one dataset.
  case sourceVideo = "source-video"
  /// A made sample and what it was made from.
  case parent
  /// The same person's face put in, or that person's own videos, in one dataset.
  case donor
  /// The same scene: acted by several people, as a dataset tells, or the same place and camera by features of the picture,
  /// whatever the dataset.
  case scene
  /// Pictures of which one is a copy of the other, or nearly.
  case nearDuplicate = "near-duplicate"
  /// The same person's face by its features, whatever the dataset.
  case face

  /// Kinds that no split may cross, whatever the user says.
  package static let alwaysHard: Set<LinkKind> = [.video, .family, .parent]
  /// Kinds that no split crosses unless the user allows it.
  package static let hardByDefault: Set<LinkKind> = [.video, .family, .identity, .sourceVideo, .parent]
}

/// A link that something found between two samples, such as a near-duplicate.
package struct ExtraLink: Codable, Hashable, Sendable {
  package var first: String
  package var second: String
  package var kind: LinkKind

  package init(_ first: String, _ second: String, _ kind: LinkKind) {
    (self.first, self.second, self.kind) = (first, second, kind)
  }
}
