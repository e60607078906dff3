/// MPEG-4 part 2. An access point is an intra picture; what is shown before it is for the presentation times to tell.
///
/// Two pictures in one packet (DivX's packed bitstream) or none are not understood. Source: ISO/IEC 14496-2, 6.2.5.
struct MPEG4Inspector: PacketInspector {
  mutating func inspect(_ packet: UnsafeBufferPointer<UInt8>) -> PacketFacts {
    let pictures = startCodes(in: packet).filter { $0 + 1 < packet.count && packet[$0] == 0xb6 }
    guard pictures.count == 1 else { return .unknown }
    return PacketFacts(isAccessPoint: packet[pictures[0] + 1] >> 6 == 0)
  }
}

/// MPEG-1 and MPEG-2 video. An access point is an intra picture behind a sequence header, which sets every matrix anew.
///
/// Source: ISO/IEC 13818-2, 6.2.2 and 6.2.3.
struct MPEG2Inspector: PacketInspector {
  mutating func inspect(_ packet: UnsafeBufferPointer<UInt8>) -> PacketFacts {
    let codes = startCodes(in: packet).filter { $0 < packet.count }
    let pictures = codes.filter { packet[$0] == 0 && $0 + 2 < packet.count }
    // Two are the fields of one frame.
    guard let first = pictures.first, pictures.count <= 2 else { return .unknown }
    let isIntra = packet[first + 2] >> 3 & 7 == 1
    return PacketFacts(isAccessPoint: isIntra && codes.contains { $0 < first && packet[$0] == 0xb3 })
  }
}

/// VP8. A key frame sets everything anew; a frame that is not shown makes no picture. Source: RFC 6386, 9.1.
struct VP8Inspector: PacketInspector {
  mutating func inspect(_ packet: UnsafeBufferPointer<UInt8>) -> PacketFacts {
    guard let first = packet.first else { return .unknown }
    return PacketFacts(isAccessPoint: first & 1 == 0, isShown: first & 0x10 != 0)
  }
}

/// VP9. A key frame sets everything anew. Source: VP9 bitstream specification, 6.2 and annex B.
struct VP9Inspector: PacketInspector {
  mutating func inspect(_ packet: UnsafeBufferPointer<UInt8>) -> PacketFacts {
    guard packet.count > 1, packet[0] >> 6 == 2 else { return .unknown }
    var bits = BitReader(packet.prefix(2))
    bits.skip(2)
    let profile = bits.read(1) | bits.read(1) << 1
    if profile == 3 { bits.skip(1) }
    if bits.read(1) == 1 { return PacketFacts() }
    let isKey = bits.read(1) == 0
    let isShown = bits.read(1) == 1
    // A superframe: hidden frames and one that is shown.
    let holdsSeveral = packet[packet.count - 1] & 0xe0 == 0xc0
    return PacketFacts(isAccessPoint: isKey, isShown: isShown || holdsSeveral)
  }
}

/// AV1. A shown key frame behind a sequence header sets everything anew. Source: AV1 bitstream specification, 5.3, 5.9.2.
struct AV1Inspector: PacketInspector {
  mutating func inspect(_ packet: UnsafeBufferPointer<UInt8>) -> PacketFacts {
    var index = 0
    var hasSequence = false
    while index < packet.count {
      let header = packet[index]
      let type = header >> 3 & 15
      index += header & 4 != 0 ? 2 : 1
      var size = packet.count - index
      if header & 2 != 0 {
        guard let (value, length) = Self.variableLength(packet, at: index) else { return .unknown }
        index += length
        size = value
      }
      guard size >= 0, index + size <= packet.count else { return .unknown }
      switch type {
      case 1: hasSequence = true
      case 3, 6:
        guard size > 0 else { return .unknown }
        // show_existing_frame 0, frame_type 0 (key), show_frame 1.
        return PacketFacts(isAccessPoint: hasSequence && packet[index] >> 4 == 1)
      default: break
      }
      index += size
    }
    return .unknown
  }

  /// `leb128`: value and bytes read.
  private static func variableLength(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> (Int, Int)? {
    var value = 0
    for position in 0..<8 {
      guard start + position < bytes.count else { return nil }
      let byte = bytes[start + position]
      value |= Int(byte & 0x7f) << (7 * position)
      if byte & 0x80 == 0 { return (value, position + 1) }
    }
    return nil
  }
}
