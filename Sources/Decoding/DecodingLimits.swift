/// What one file may cost before it is refused; a damaged header must not take the machine's memory or days.
package struct DecodingLimits: Codable, Hashable, Sendable {
  /// Width times height of a stored frame, pixels.
  package var maximumPixelsPerFrame: Int
  /// Packets of all streams, read in one pass over the file.
  package var maximumPackets: Int

  package init(maximumPixelsPerFrame: Int = 64 << 20, maximumPackets: Int = 2_000_000) {
    self.maximumPixelsPerFrame = maximumPixelsPerFrame
    self.maximumPackets = maximumPackets
  }
}
