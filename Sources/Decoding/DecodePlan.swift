/// Which packets have to be decoded for some frames, all others of the stream being left out.
///
/// A stream falls into stretches that begin at access points. Of each stretch that holds a wanted frame the packets up
/// to the last wanted one are needed, in file order; of the others none. The very first packet always is: what
/// names the encoder, whose peculiarities decoders take into account, stands there alone.
struct DecodePlan: Equatable {
  /// Positions in ``PacketIndex/entries``, ascending, apart.
  let needed: [Range<Int>]

  /// - Parameter wanted: presentation times; those of no packet are passed over.
  /// - Returns: `nil` where leaving packets out would not be exact.
  init?(_ index: PacketIndex, wanted: Set<Int64>) {
    guard index.allowsLeavingOut, !index.entries.isEmpty else { return nil }
    guard let stretches = Self.stretches(index.entries) else { return nil }
    var needed: [Range<Int>] = []
    for stretch in stretches {
      let last = stretch.last { index.entries[$0].time.map(wanted.contains) ?? false }
      if let last {
        needed.append(stretch.lowerBound..<last + 1)
      } else if stretch.lowerBound == 0 {
        needed.append(0..<1)
      }
    }
    self.needed = needed
  }

  /// The stream cut at the access points that nothing after it reaches across; `nil` where two frames have one time.
  private static func stretches(_ entries: [PacketIndex.Entry]) -> [Range<Int>]? {
    guard Set(entries.lazy.compactMap(\.time)).count == entries.count(where: { $0.time != nil }) else { return nil }
    // The earliest time from each packet on.
    var earliest = [Int64](repeating: .max, count: entries.count + 1)
    for position in entries.indices.reversed() {
      earliest[position] = min(earliest[position + 1], entries[position].time ?? .max)
    }
    var cuts = [0]
    var latest = Int64.min
    // A decoder that has left packets out must end up with the parameter sets that it would have had: those before a cut
    // are the very first packet's, which is never left out, or the very ones that stand at the cut.
    var parameters: Set<UInt64> = []
    let first = entries.first?.parameters
    for (position, entry) in entries.enumerated() {
      // All that is shown before was sent before, and all that was sent after is shown after: a B picture that is shown
      // before the access point it follows may refer to what precedes both.
      if position > 0, entry.isAccessPoint, let time = entry.time, latest < time, time == earliest[position],
        parameters.isSubset(of: [first, entry.parameters].compactMap { $0 })
      {
        cuts.append(position)
      }
      if let digest = entry.parameters { parameters.insert(digest) }
      latest = max(latest, entry.time ?? .min)
    }
    return zip(cuts, cuts.dropFirst() + [entries.count]).map { $0..<$1 }
  }
}
