import CFFmpeg
package import Imaging
package import Records

/// A decoded frame as FFmpeg holds it, in its own pixel format; turned into RGB, and upright, where it is looked at.
package final class DecodedPicture: Picture {
  package let width: Int
  package let height: Int
  /// How its values become RGB.
  package let colour: ColourConversion
  private let frame: FrameReference
  private let orientation: Orientation
  private let converter: SharedConverter

  init(
    _ frame: UnsafePointer<AVFrame>, orientation: Orientation, converter: SharedConverter, path: String
  ) throws(DecodingError) {
    let size = (Int(frame.pointee.width), Int(frame.pointee.height))
    (width, height) = orientation.swapsAxes ? (size.1, size.0) : size
    colour = FrameColour(of: frame.pointee).conversion
    self.frame = try FrameReference(frame, path: path)
    self.orientation = orientation
    self.converter = converter
  }

  package func region(_ rectangle: PixelRectangle) throws -> Image {
    let stored = orientation.stored(rectangle, width: width, height: height)
    return orientation.apply(try converter.convert(frame, stored))
  }

  package func reduced(width: Int, height: Int) throws -> Image {
    if width == self.width, height == self.height { return try image() }
    let (storedWidth, storedHeight) = orientation.swapsAxes ? (height, width) : (width, height)
    return orientation.apply(try converter.reduce(frame, width: storedWidth, height: storedHeight))
  }

  package func luma(width: Int, height: Int) throws -> [UInt8] {
    let (storedWidth, storedHeight) = orientation.swapsAxes ? (height, width) : (width, height)
    return orientation.apply(
      try converter.luma(frame, width: storedWidth, height: storedHeight), width: storedWidth, height: storedHeight)
  }
}

/// Keeps a decoder's frame alive; its pixels are shared with the decoder and never written to.
final class FrameReference: @unchecked Sendable {
  // Sendable: written once, when made; the pixels are constant from then on.
  let pointer: UnsafePointer<AVFrame>

  init(_ frame: UnsafePointer<AVFrame>, path: String) throws(DecodingError) {
    guard let clone = av_frame_clone(frame) else { throw .outOfMemory(path) }
    pointer = UnsafePointer(clone)
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = UnsafeMutablePointer(mutating: pointer)
    av_frame_free(&frame)
  }
}
