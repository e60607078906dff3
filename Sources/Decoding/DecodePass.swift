import CFFmpeg

/// One reading of a file from its first packet on, for the frames of a request.
struct DecodePass {
  let demuxer: Demuxer
  let decoder: FrameDecoder

  /// Decodes every packet until the last wanted frame has come.
  func everything(
    _ request: inout FrameRequest, body: (_ pts: Int64, _ frame: UnsafePointer<AVFrame>) throws -> Void
  ) throws {
    var isDrained = false
    while !request.isComplete, !isDrained {
      let packet = try demuxer.nextPacket()
      decoder.send(packet)
      isDrained = packet == nil
      if demuxer.isStillImage, !isDrained {
        decoder.send(nil)
        isDrained = true
      }
      while let frame = decoder.nextFrame() {
        try request.count(width: frame.pointee.width, height: frame.pointee.height, path: demuxer.path)
        guard let pts = time(of: frame) else { continue }
        if request.take(pts, isDamaged: isDamaged(frame)) { try body(pts, frame) }
        if request.isComplete { break }
      }
    }
    request.note(decoder, demuxer)
  }

  /// Decodes what `plan` needs, and of that leaves out pictures that are neither wanted nor referred to.
  ///
  /// - Returns: `false` at the first sign that something was not as in the index, or that leaving packets out may have
  ///   cost a frame; what was handed over until then is sound.
  func needed(
    _ plan: DecodePlan, _ index: PacketIndex, _ request: inout FrameRequest,
    body: (_ pts: Int64, _ frame: UnsafePointer<AVFrame>) throws -> Void
  ) throws -> Bool {
    let leavesOut = PacketInspectors.canLeaveOutUnreferenced(demuxer.stream)
    var position = 0
    for stretch in plan.needed {
      while position < stretch.upperBound {
        guard let packet = try demuxer.nextPacket(),
          PacketIndex.identity(of: packet) == index.entries[position].identity
        else { return false }
        defer { position += 1 }
        guard position >= stretch.lowerBound else { continue }
        let isWanted = index.entries[position].time.map(request.isPending) ?? false
        decoder.send(packet, leavingOutUnreferenced: leavesOut && !isWanted)
        guard try takeSoundFrames(&request, body: body) else { return false }
        if request.isComplete { break }
      }
    }
    if !request.isComplete {
      decoder.send(nil)
      guard try takeSoundFrames(&request, body: body), request.isComplete else { return false }
    }
    request.note(decoder, demuxer)
    return true
  }

  private func takeSoundFrames(
    _ request: inout FrameRequest, body: (_ pts: Int64, _ frame: UnsafePointer<AVFrame>) throws -> Void
  ) throws -> Bool {
    while !request.isComplete, let frame = decoder.nextFrame() {
      try request.count(width: frame.pointee.width, height: frame.pointee.height, path: demuxer.path)
      guard let pts = time(of: frame) else { continue }
      if isDamaged(frame) || request.hasPassedOver(pts) { return false }
      if request.take(pts, isDamaged: false) { try body(pts, frame) }
    }
    return decoder.errors == 0
  }

  private func time(of frame: UnsafeMutablePointer<AVFrame>) -> Int64? {
    if demuxer.isStillImage { return 0 }
    if frame.pointee.pts != cffmpeg_no_pts() { return frame.pointee.pts }
    let guess = frame.pointee.best_effort_timestamp
    return guess != cffmpeg_no_pts() ? guess : nil
  }

  private func isDamaged(_ frame: UnsafeMutablePointer<AVFrame>) -> Bool {
    frame.pointee.decode_error_flags != 0 || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
  }
}
