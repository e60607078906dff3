/// H.264 and HEVC: packets of network abstraction layer units.
///
/// An access point is an instantaneous refresh (IDR): every later picture refers to it or to later ones. Source: ITU-T
/// H.264, 7.4.1.2.4; ITU-T H.265, 7.4.2.2. Recovery points and CRA pictures are none: pictures after them may still
/// depend on those before.
struct NetworkUnitInspector: PacketInspector {
  enum Codec { case h264, hevc }

  private let codec: Codec
  /// Bytes of each unit's length; 0 where units follow start codes instead.
  private let lengthBytes: Int
  /// Whether a sequence may hold single fields, two of which, in packets of their own, make one frame.
  private var mayHoldFields = false

  /// - Parameter header: the container's codec header (`avcC`, `hvcC`, or units behind start codes).
  init(_ codec: Codec, header: UnsafeBufferPointer<UInt8>) {
    self.codec = codec
    switch codec {
    case .h264 where header.count > 6 && header[0] == 1:
      lengthBytes = Int(header[4] & 3) + 1
      noteFields(inConfiguration: header)
    case .hevc where header.count > 22 && (header[0] != 0 || header[1] != 0 || header[2] > 1):
      lengthBytes = Int(header[21] & 3) + 1
    default:
      lengthBytes = 0
      for unit in units(header) ?? [] { noteFields(in: header, unit) }
    }
  }

  mutating func inspect(_ packet: UnsafeBufferPointer<UInt8>) -> PacketFacts {
    guard let units = units(packet), !units.isEmpty else { return .unknown }
    var facts = PacketFacts()
    var parameters = ParameterDigest()
    var (hasRefresh, hasOther) = (false, false)
    for unit in units {
      switch kind(packet[unit.lowerBound]) {
      case .refresh: hasRefresh = true
      case .otherPicture: hasOther = true
      case .parameters:
        parameters.add(packet[unit])
        noteFields(in: packet, unit)
      case .other: break
      }
    }
    facts.isAccessPoint = hasRefresh && !hasOther
    facts.parameters = parameters.value
    facts.isUnderstood = (hasRefresh || hasOther) && !mayHoldFields
    return facts
  }

  private enum Kind { case refresh, otherPicture, parameters, other }

  private func kind(_ first: UInt8) -> Kind {
    switch codec {
    case .h264:
      switch first & 0x1f {
      case 5: .refresh
      case 1...4: .otherPicture
      case 7, 8, 13, 15: .parameters
      default: .other
      }
    case .hevc:
      switch first >> 1 & 0x3f {
      case 19, 20: .refresh
      case 0...31: .otherPicture
      case 32...34: .parameters
      default: .other
      }
    }
  }

  /// The units of a packet; `nil` where their lengths do not add up.
  private func units(_ bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>]? {
    var units: [Range<Int>] = []
    guard lengthBytes > 0 else {
      let starts = startCodes(in: bytes)
      for (index, start) in starts.enumerated() where start < bytes.count {
        var end = index + 1 < starts.count ? starts[index + 1] - 3 : bytes.count
        while end > start + 1, bytes[end - 1] == 0 { end -= 1 }
        if end > start { units.append(start..<end) }
      }
      return units
    }
    var index = 0
    while index < bytes.count {
      guard index + lengthBytes < bytes.count else { return nil }
      let length = bytes[index..<index + lengthBytes].reduce(0) { $0 << 8 | Int($1) }
      index += lengthBytes
      guard length > 0, index + length <= bytes.count else { return nil }
      units.append(index..<index + length)
      index += length
    }
    return units
  }

  private mutating func noteFields(in bytes: UnsafeBufferPointer<UInt8>, _ unit: Range<Int>) {
    guard codec == .h264, bytes[unit.lowerBound] & 0x1f == 7 else { return }
    if H264SequenceParameters(bytes[unit])?.holdsOnlyFrames != true { mayHoldFields = true }
  }

  /// Source: ISO/IEC 14496-15, 5.3.3.1.
  private mutating func noteFields(inConfiguration bytes: UnsafeBufferPointer<UInt8>) {
    var index = 6
    for _ in 0..<Int(bytes[5] & 0x1f) {
      guard index + 2 < bytes.count else { break }
      let length = Int(bytes[index]) << 8 | Int(bytes[index + 1])
      index += 2
      guard length > 0, index + length <= bytes.count else { break }
      noteFields(in: bytes, index..<index + length)
      index += length
    }
  }
}
