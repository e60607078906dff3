import CFFmpeg

/// The packets of a video stream in file order: when their frames are shown, and how they depend on one another.
struct PacketIndex {
  struct Entry {
    /// Tells whether a packet read later is the same one: its times, size and flags.
    let identity: UInt64
    /// Presentation time; `nil` where the packet shows nothing.
    let time: Int64?
    let isKey: Bool
    let isAccessPoint: Bool
    let parameters: UInt64?
  }

  private(set) var entries: [Entry] = []
  /// Whether leaving packets out is exact, as far as they tell: all are understood, and none is damaged.
  private(set) var allowsLeavingOut = true
  /// FFmpeg's text where damage ended the packets.
  private(set) var damage: String?
  /// Duration of the packet that is shown last, ticks.
  private(set) var lastDuration: Int64?

  /// Reads all packets of `demuxer`, or the one of a still picture.
  init(_ demuxer: Demuxer) throws(DecodingError) {
    var inspector = PacketInspectors.make(for: demuxer.stream)
    allowsLeavingOut = inspector != nil && !demuxer.isStillImage
    var lastTime = Int64.min
    var count = 0
    while let packet = try demuxer.nextPacket() {
      let bytes = UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
      let facts = inspector?.inspect(bytes) ?? .unknown
      let flags = packet.pointee.flags
      let stated = demuxer.time(of: packet)
      let time = flags & AV_PKT_FLAG_DISCARD == 0 && facts.isShown ? stated : nil
      if flags & AV_PKT_FLAG_CORRUPT != 0 || stated == nil || !facts.isUnderstood { allowsLeavingOut = false }
      if let time, time >= lastTime {
        lastTime = time
        lastDuration = packet.pointee.duration
      }
      if time != nil { count += 1 }
      entries.append(
        Entry(
          identity: Self.identity(of: packet), time: time, isKey: flags & AV_PKT_FLAG_KEY != 0,
          isAccessPoint: facts.isAccessPoint, parameters: facts.parameters))
      if demuxer.isStillImage { break }
    }
    damage = demuxer.damage
    if damage != nil { allowsLeavingOut = false }
  }

  /// Presentation times ascending, each once, and those of key packets.
  func times() -> (all: [Int64], keyframes: [Int64]) {
    (Set(entries.lazy.compactMap(\.time)).sorted(), Set(entries.lazy.filter(\.isKey).compactMap(\.time)).sorted())
  }

  static func identity(of packet: UnsafePointer<AVPacket>) -> UInt64 {
    [packet.pointee.pts, packet.pointee.dts, Int64(packet.pointee.size), Int64(packet.pointee.flags)]
      .reduce(0xcbf2_9ce4_8422_2325) { hash, value in
        ((hash ^ UInt64(bitPattern: value)) &* 0x9e37_79b9_7f4a_7c15) ^ (hash >> 29)
      }
  }
}
