package import Records

/// How many frames of one class were asked for, and how many have at least one sample at the end of the source grain.
package struct FrameTally: Codable, Hashable, Sendable {
  package var asked = 0
  package var kept = 0

  package init(asked: Int = 0, kept: Int = 0) {
    self.asked = asked
    self.kept = kept
  }

  /// Share of the frames asked for that were lost, 0 ... 1.
  package var lostShare: Double { asked == 0 ? 0 : 1 - Double(kept) / Double(asked) }

  package static func + (left: FrameTally, right: FrameTally) -> FrameTally {
    FrameTally(asked: left.asked + right.asked, kept: left.kept + right.kept)
  }
}

/// The tallies of both classes.
package struct FrameTallies: Codable, Hashable, Sendable {
  package var real = FrameTally()
  package var fake = FrameTally()

  package init() {}

  package static func + (left: FrameTallies, right: FrameTallies) -> FrameTallies {
    var sum = left
    sum.real = left.real + right.real
    sum.fake = left.fake + right.fake
    return sum
  }

  package subscript(_ label: Label) -> FrameTally {
    get { label == .real ? real : fake }
    set { if label == .real { real = newValue } else { fake = newValue } }
  }

  /// Fewest frames of a class that its share of losses means something for.
  static let fewestFrames = 100

  /// How far apart the shares of lost frames are, 0 ... 1; `nil` where a class has too few frames to say.
  package var difference: Double? {
    guard real.asked >= Self.fewestFrames, fake.asked >= Self.fewestFrames else { return nil }
    return abs(real.lostShare - fake.lostShare)
  }
}
