internal import Engine

/// The frames of a family that were chosen beside one another.
struct FramePairs {
  private let pairs: [FamilyLedger.Pair]

  init(_ pairs: [FamilyLedger.Pair]) { self.pairs = pairs }

  /// The frames of `kept` that are left without a partner.
  ///
  /// A fake's frame needs its original's. An original's frame that was taken beside fakes needs one of them; one that no
  /// fake was taken beside is no member of a pair, and stays.
  func framesWithoutPartner(kept: Set<String>) -> Set<String> {
    var lost = Set<String>()
    var hasPartner: [String: Bool] = [:]
    for pair in pairs {
      if kept.contains(pair.fake), !kept.contains(pair.original) { lost.insert(pair.fake) }
      hasPartner[pair.original, default: false] = hasPartner[pair.original] == true || kept.contains(pair.fake)
    }
    for (original, isPaired) in hasPartner where !isPaired && kept.contains(original) { lost.insert(original) }
    return lost
  }
}
