internal import Engine
internal import Faces
package import Imaging
package import Records

/// A decoded frame and the source it is from.
package struct DecodedFrame: Sendable {
  package let source: Source
  /// Upright; converted where it is looked at.
  package let picture: any Picture
  package let pts: Int64
  package let timeBase: TimeBase
  /// Position among all frames of the source in presentation order, from 0.
  package let index: Int
  /// Presentation time, in ticks of the original's own time base, of the original's frame that this fake's frame was
  /// taken beside; `nil` for originals, and for fakes whose frames were chosen by themselves.
  package let originalPTS: Int64?
  /// How its colours become RGB.
  package let colour: ColourConversion?
  /// What its original shows at its moment, where both were held against each other.
  var original: OriginalView?

  /// What the ledger calls it: `source@pts`.
  var name: String { "\(source.name)@\(pts)" }
}

/// A frame of the original that verifiably shows the moment of a fake's.
struct OriginalView {
  /// Ticks of the original's own time base.
  let pts: Int64
  /// From the original's pixels to the fake's.
  let map: RegistrationMap
}

/// A frame and the faces found in it, best first; none where there is no face, or where it was not looked at.
package struct DetectedFrame: Sendable {
  package let frame: DecodedFrame
  /// Whether the detector saw this frame; where not, its faces follow from the frames around it.
  package let isLookedAt: Bool
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
  /// Where it differs from its original's crop.
  var difference: DifferenceMask?

  package func encoded() throws -> [UInt8] { try ImageCodec.encode(image, as: sample.encoding) }

  package func companions() throws -> [String: [UInt8]] {
    guard let mask = difference else { return [:] }
    return ["mask.png": try ImageCodec.encodeGrey(mask.values, width: mask.width, height: mask.height)]
  }
}
