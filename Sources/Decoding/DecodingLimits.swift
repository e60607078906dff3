/// What one file may cost before it is refused; a damaged header must not take the machine's memory or days.
package struct DecodingLimits: Codable, Hashable, Sendable {
  /// Width times height of a stored frame, pixels.
  package var maximumPixelsPerFrame: Int
  /// Packets of all streams, read in one pass over the file.
  package var maximumPackets: Int
  /// Pixels of all frames that come out of the decoder in one call, wanted or not: what bounds the time.
  package var maximumDecodedPixels: Int

  package init(
    maximumPixelsPerFrame: Int = 64 << 20, maximumPackets: Int = 2_000_000, maximumDecodedPixels: Int = 500_000 << 20
  ) {
    self.maximumPixelsPerFrame = maximumPixelsPerFrame
    self.maximumPackets = maximumPackets
    self.maximumDecodedPixels = maximumDecodedPixels
  }
}
