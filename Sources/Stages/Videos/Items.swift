internal import Engine
package import Imaging
package import Records

/// A decoded frame and the source it is from.
package struct DecodedFrame: Sendable {
  package let source: Source
  /// Upright, RGB8.
  package let image: Image
  package let pts: Int64
  package let timeBase: TimeBase

  /// What the ledger calls it: `source@pts`.
  var name: String { "\(source.name)@\(pts)" }
}

/// A frame and the faces found in it, best first.
package struct DetectedFrame: Sendable {
  package let frame: DecodedFrame
  package let faces: [Face]
}

/// A frame, its faces, and for each the track that it continues.
package struct TrackedFrame: Sendable {
  package let frame: DecodedFrame
  package let faces: [(face: Face, track: Int)]
}

/// A sample whose pixels are still uncompressed.
package struct Crop: PackableSample {
  package var sample: Sample
  package var image: Image

  package func encoded() throws -> [UInt8] { try ImageCodec.encode(image, as: sample.encoding) }
}
