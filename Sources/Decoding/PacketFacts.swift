/// What the bytes of one packet tell, without decoding, of how others depend on it.
struct PacketFacts: Equatable {
  /// Whether decoding may begin here: no later packet refers to anything before it.
  var isAccessPoint = false
  /// Whether a frame that is shown comes of it.
  var isShown = true
  /// A digest of the parameter sets in it, which hold for later packets too; `nil` where there are none.
  var parameters: UInt64?
  /// Whether its structure is understood, so that leaving others out is exact.
  var isUnderstood = true

  static let unknown = PacketFacts(isUnderstood: false)
}

/// Reads the facts of packets of one codec.
protocol PacketInspector {
  mutating func inspect(_ packet: UnsafeBufferPointer<UInt8>) -> PacketFacts
}

/// A codec whose every packet is a picture by itself.
struct IntraInspector: PacketInspector {
  mutating func inspect(_ packet: UnsafeBufferPointer<UInt8>) -> PacketFacts { PacketFacts(isAccessPoint: true) }
}

/// FNV-1a over the bytes of parameter sets.
struct ParameterDigest {
  private(set) var value: UInt64?

  mutating func add(_ bytes: some Sequence<UInt8>) {
    value = bytes.reduce(value ?? 0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

/// Where `00 00 01` stands in `bytes`: the offsets of the bytes after it.
func startCodes(in bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
  var offsets: [Int] = []
  var index = 2
  while index < bytes.count {
    switch bytes[index] {
    case 0: index += 1
    case 1:
      if bytes[index - 1] == 0, bytes[index - 2] == 0 { offsets.append(index + 1) }
      index += 3
    default: index += 3
    }
  }
  return offsets
}
