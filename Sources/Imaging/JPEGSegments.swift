/// The marker segments of a JPEG file from its start to the first scan.
package struct JPEGSegments: Sequence, IteratorProtocol {
  package struct Segment {
    /// The second byte of the marker, such as 0xE1.
    package let marker: UInt8
    /// What follows the length; short where the file ends early.
    package let body: ArraySlice<UInt8>
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// - Parameter bytes: a file; one that does not begin as a JPEG does has no segments.
  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.starts(with: [0xFF, 0xD8]) ? bytes.startIndex + 2 : bytes.endIndex
  }

  /// Whether the first scan is what follows, once there is no further segment.
  package var isAtScan: Bool {
    position + 1 < bytes.endIndex && bytes[position] == 0xFF && bytes[position + 1] == 0xDA
  }

  /// Where in the bytes the next segment, or the first scan, begins.
  package var place: Int { position }

  package mutating func next() -> Segment? {
    while position + 1 < bytes.endIndex, bytes[position] == 0xFF, bytes[position + 1] == 0xFF { position += 1 }
    guard position + 3 < bytes.endIndex, bytes[position] == 0xFF, bytes[position + 1] != 0xDA else { return nil }
    let marker = bytes[position + 1]
    let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
    guard length >= 2 else { return nil }
    let body = bytes[(position + 4)..<Swift.max(position + 4, Swift.min(position + 2 + length, bytes.endIndex))]
    position = Swift.min(position + 2 + length, bytes.endIndex)
    return Segment(marker: marker, body: body)
  }
}
