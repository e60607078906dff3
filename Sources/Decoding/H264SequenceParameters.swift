/// The one fact of an H.264 sequence parameter set that matters to which packets make a frame.
///
/// Source: ITU-T H.264, 7.3.2.1.1.
struct H264SequenceParameters {
  /// `frame_mbs_only_flag`: no picture is a single field.
  let holdsOnlyFrames: Bool

  /// - Parameter unit: the unit, its first byte included; `nil` where it ends too early.
  init?(_ unit: Slice<UnsafeBufferPointer<UInt8>>) {
    var bits = BitReader(withoutEmulationPrevention: unit.dropFirst())
    let profile = bits.read(8)
    bits.skip(16)
    _ = bits.readUnsigned()
    if [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135].contains(profile) {
      let chroma = bits.readUnsigned()
      if chroma == 3 { bits.skip(1) }
      _ = (bits.readUnsigned(), bits.readUnsigned())
      bits.skip(1)
      if bits.read(1) == 1 {
        for list in 0..<(chroma == 3 ? 12 : 8) where bits.read(1) == 1 {
          bits.skipScalingList(size: list < 6 ? 16 : 64)
        }
      }
    }
    _ = bits.readUnsigned()
    switch bits.readUnsigned() {
    case 0: _ = bits.readUnsigned()
    case 1:
      bits.skip(1)
      _ = (bits.readUnsigned(), bits.readUnsigned())
      for _ in 0..<min(bits.readUnsigned(), 255) { _ = bits.readUnsigned() }
    default: break
    }
    _ = bits.readUnsigned()
    bits.skip(1)
    _ = (bits.readUnsigned(), bits.readUnsigned())
    holdsOnlyFrames = bits.read(1) == 1
    guard !bits.isPastEnd else { return nil }
  }
}

/// Reads bits, most significant first; zeros past the end.
struct BitReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  /// Leaves out the 3 of every `00 00 03`. Source: ITU-T H.264, 7.4.1.
  init(withoutEmulationPrevention unit: some Sequence<UInt8>) {
    var bytes: [UInt8] = []
    var zeros = 0
    for byte in unit {
      if zeros >= 2, byte == 3 {
        zeros = 0
        continue
      }
      zeros = byte == 0 ? zeros + 1 : 0
      bytes.append(byte)
    }
    self.bytes = bytes
  }

  var isPastEnd: Bool { position > bytes.count * 8 }

  mutating func skip(_ count: Int) { position += count }

  mutating func read(_ count: Int) -> Int {
    var value = 0
    for _ in 0..<count {
      let byte = position / 8 < bytes.count ? bytes[position / 8] : 0
      value = value << 1 | Int(byte >> UInt8(7 - position % 8) & 1)
      position += 1
    }
    return value
  }

  /// An Exp-Golomb number, `ue(v)`.
  mutating func readUnsigned() -> Int {
    var zeros = 0
    while zeros < 32, !isPastEnd, read(1) == 0 { zeros += 1 }
    return (1 << zeros) - 1 + read(zeros)
  }

  /// Source: ITU-T H.264, 7.3.2.1.1.1.
  fileprivate mutating func skipScalingList(size: Int) {
    var (last, next) = (8, 8)
    for _ in 0..<size {
      if next != 0 {
        let code = readUnsigned()
        next = (last + (code & 1 == 1 ? (code + 1) / 2 : -code / 2) + 256) & 255
      }
      last = next == 0 ? last : next
    }
  }
}
