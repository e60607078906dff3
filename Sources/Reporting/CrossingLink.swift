/// One thing that two sides of a split have in common, with what speaks for it.
package struct CrossingLink: Codable, Hashable, Sendable {
  /// What is on one side.
  package struct Side: Codable, Hashable, Sendable {
    /// `training of fold-0`.
    package var name: String
    /// Paths of the first few videos.
    package var videos: [String]
    /// How many videos there are beside those.
    package var more: Int
    /// Pictures of it: indices into those of the page.
    package var pictures: [Int]

    package init(name: String, videos: [String], more: Int, pictures: [Int]) {
      (self.name, self.videos, self.more, self.pictures) = (name, videos, more, pictures)
    }
  }

  /// `donor`.
  package var kind: String
  package var isHard: Bool
  /// What the sides share: a person, a video, two videos that look alike.
  package var common: String
  /// Why that ties them, in a sentence.
  package var reason: String
  /// What was measured, where something found the link.
  package var evidence: String?
  /// Divisions of the split that it crosses.
  package var places: [String]
  package var sides: [Side]

  package init(
    kind: String, isHard: Bool, common: String, reason: String, evidence: String?, places: [String], sides: [Side]
  ) {
    (self.kind, self.isHard, self.common, self.reason) = (kind, isHard, common, reason)
    (self.evidence, self.places, self.sides) = (evidence, places, sides)
  }
}

extension ReportPage.Block {
  /// - Parameter images: the pictures at some indices, as far as the page carries them.
  init(links: [CrossingLink], images: ([Int]) -> [ReportPage.Image]) {
    self.links = links.map { link in
      ReportPage.Link(
        linkTitle: Format.printable(link.common), linkKind: Format.printable(link.kind),
        strength: link.isHard ? "hard" : "soft",
        words: Format.printable(
          link.reason + (link.evidence.map { ": \($0)" } ?? "") + "; crosses " + link.places.joined(separator: ", ")),
        linkSides: link.sides.map { side in
          let shown = images(side.pictures)
          return ReportPage.LinkSide(
            sideTitle: Format.printable(side.name), sidePictures: shown.isEmpty ? [] : [.init(thumbs: shown)],
            sideVideos: side.videos.map { .init(videoName: Format.printable($0)) }
              + (side.more > 0 ? [.init(videoName: "and \(Format.count(side.more)) more")] : []))
        })
    }
  }
}
