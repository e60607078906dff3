import CFFmpeg
private import CFFmpegFilter
private import NativeLibraries

/// Makes whole pictures of interlaced ones, each by itself: the first field stays, the rows of the other are made of it
/// along edges.
///
/// By itself, because the frames before and behind are not decoded where nobody wants them. Frames that are not marked as
/// interlaced stay as they are.
///
/// Source: FFmpeg's filter `estdif`, edge slope tracing, one frame for each.
final class Deinterlacer {
  static let filter = "estdif=mode=frame:deint=interlaced"
  private let path: String
  private var frame: UnsafeMutablePointer<AVFrame>?

  init(path: String) { self.path = path }
  deinit { av_frame_free(&frame) }

  /// `picture` itself, or the whole picture made of it; valid until the next call.
  ///
  /// - Throws: ``DecodingError`` `conversion` where the filter does not take the pixel format.
  func whole(_ picture: UnsafePointer<AVFrame>) throws(DecodingError) -> UnsafePointer<AVFrame> {
    guard picture.pointee.interlaced_frame != 0 else { return picture }
    let functions = try Self.loaded.get()
    av_frame_free(&frame)
    guard let result = av_frame_alloc() else { throw .outOfMemory(path) }
    frame = result
    var error = dfflt_error()
    guard functions.filter(Self.filter, picture, result, &error) == dfflt_ok else {
      let message = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      throw DecodingError(
        .conversion, path: path, message: "it cannot be deinterlaced (\(message)); set `deinterlace: false`")
    }
    return UnsafePointer(result)
  }

  private static let loaded: Result<dfflt_functions, DecodingError> = Result { () throws(DecodingError) in
    let table: dfflt_functions
    do {
      table = try NativeLibrary(named: "FFmpegFilterShim").table("dfflt_table", as: dfflt_functions.self).pointee
    } catch { throw DecodingError(.io, path: "libFFmpegFilterShim.so", message: "\(error)") }
    guard table.layout == dfflt_layout else {
      throw DecodingError(
        .io, path: "libFFmpegFilterShim.so",
        message: "it has layout \(table.layout), not \(dfflt_layout): `make build` builds it anew")
    }
    return table
  }
}
