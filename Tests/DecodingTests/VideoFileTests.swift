import Foundation
import Imaging
import Records
import TestSupport
import Testing

@testable import Decoding

/// One kind of video that datasets bring.
struct Recipe: CustomTestStringConvertible, Sendable {
  let name: String
  let fileExtension: String
  let arguments: [String]
  var codec = "h264"
  var size = (width: 96, height: 64)
  /// Output arguments of a second pass that copies the packets.
  var remuxing: [String]?
  var testDescription: String { name }

  private static func x264(_ options: String, _ more: [String] = []) -> [String] {
    ["-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-pix_fmt", "yuv420p", "-x264-params", options] + more
  }

  private static func x265(_ options: String, _ more: [String] = []) -> [String] {
    ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=1:\(options)"] + more
  }

  static let all = [
    Recipe(name: "H.264 with B-frames", fileExtension: "mp4", arguments: SyntheticVideo.h264),
    Recipe(
      name: "H.264 pyramid, open GOP", fileExtension: "mkv",
      arguments: x264("b-pyramid=normal:open-gop=1:b-adapt=0:keyint=20:bframes=7")),
    Recipe(name: "H.264, GOP of 50", fileExtension: "mp4", arguments: x264("keyint=50:bframes=3")),
    Recipe(name: "H.264, GOP of 600", fileExtension: "mov", arguments: x264("keyint=600:bframes=3:scenecut=0")),
    Recipe(name: "H.264 intra refresh", fileExtension: "mp4", arguments: x264("intra-refresh=1:keyint=15:bframes=0")),
    Recipe(
      name: "variable frame rate", fileExtension: "mp4",
      arguments: SyntheticVideo.h264 + ["-vf", "select='not(mod(n,3))+gt(n,20)'", "-vsync", "vfr"]),
    Recipe(
      name: "first time above 0", fileExtension: "mkv",
      arguments: SyntheticVideo.h264 + ["-vf", "setpts=PTS+2/TB", "-vsync", "vfr"]),
    Recipe(
      name: "an edit list that begins within a GOP", fileExtension: "mp4", arguments: SyntheticVideo.h264,
      remuxing: ["-ss", "0.7"]),
    Recipe(
      name: "an edit list with a delay", fileExtension: "mov", arguments: SyntheticVideo.h264,
      remuxing: ["-output_ts_offset", "1.5"]),
    Recipe(
      name: "H.264 yuv444p, full range", fileExtension: "mp4",
      arguments: [
        "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv444p", "-color_range", "pc", "-threads", "1",
      ]),
    Recipe(
      name: "H.264 10 bit", fileExtension: "mp4",
      arguments: ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p10le", "-threads", "1"]),
    Recipe(
      name: "H.264 of an odd size", fileExtension: "mp4",
      arguments: ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv444p", "-threads", "1"], size: (97, 63)),
    Recipe(name: "H.264 cropped by its header", fileExtension: "mp4", arguments: SyntheticVideo.h264, size: (98, 70)),
    Recipe(
      name: "H.264 of non-square pixels, BT.709", fileExtension: "mp4",
      arguments: SyntheticVideo.h264 + ["-vf", "setsar=4/3", "-colorspace", "bt709", "-color_range", "tv"]),
    Recipe(
      name: "H.264 interlaced", fileExtension: "mp4",
      arguments: x264("interlaced=1:tff=1:bframes=2:keyint=12", ["-vf", "setfield=tff"])),
    Recipe(name: "H.264 in a transport stream", fileExtension: "ts", arguments: SyntheticVideo.h264),
    Recipe(name: "HEVC", fileExtension: "mp4", arguments: x265("bframes=3"), codec: "hevc"),
    Recipe(
      name: "HEVC 10 bit, open GOP", fileExtension: "mkv",
      arguments: x265("bframes=4:keyint=16:open-gop=1:b-adapt=0", ["-pix_fmt", "yuv420p10le"]), codec: "hevc"),
    Recipe(
      name: "MPEG-4 with B-frames", fileExtension: "mp4", arguments: ["-c:v", "mpeg4", "-bf", "2", "-q:v", "3"],
      codec: "mpeg4"),
    Recipe(
      name: "MPEG-4 with B-frames in AVI", fileExtension: "avi", arguments: ["-c:v", "mpeg4", "-bf", "2", "-q:v", "3"],
      codec: "mpeg4"),
    Recipe(
      name: "Motion JPEG", fileExtension: "avi", arguments: ["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p"],
      codec: "mjpeg"),
    Recipe(
      name: "Motion JPEG of an odd size", fileExtension: "mov",
      arguments: ["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj444p"], codec: "mjpeg", size: (97, 63)),
    Recipe(
      name: "VP8", fileExtension: "webm",
      arguments: ["-c:v", "libvpx", "-cpu-used", "8", "-deadline", "realtime", "-auto-alt-ref", "1"], codec: "vp8"),
    Recipe(
      name: "VP8 with hidden frames", fileExtension: "mkv",
      arguments: [
        "-c:v", "libvpx", "-auto-alt-ref", "1", "-lag-in-frames", "16", "-deadline", "good", "-cpu-used", "5", "-g",
        "15",
      ], codec: "vp8"),
    Recipe(
      name: "VP9", fileExtension: "webm", arguments: ["-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime"],
      codec: "vp9"),
    Recipe(
      name: "VP9 with hidden frames, odd size", fileExtension: "webm",
      arguments: [
        "-c:v", "libvpx-vp9", "-cpu-used", "5", "-deadline", "good", "-auto-alt-ref", "1", "-lag-in-frames", "16",
        "-g", "15",
      ], codec: "vp9", size: (97, 63)),
    Recipe(
      name: "AV1", fileExtension: "mp4",
      arguments: ["-c:v", "libsvtav1", "-preset", "12", "-g", "15", "-svtav1-params", "lp=1"], codec: "av1"),
    Recipe(
      name: "AV1 of an odd size", fileExtension: "webm",
      arguments: ["-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-g", "12", "-row-mt", "0"],
      codec: "av1",
      size: (97, 65)),
    Recipe(
      name: "MPEG-2 in a transport stream", fileExtension: "ts",
      arguments: ["-c:v", "mpeg2video", "-bf", "2", "-q:v", "3"], codec: "mpeg2video"),
    Recipe(
      name: "MPEG-2 interlaced", fileExtension: "ts",
      arguments: [
        "-c:v", "mpeg2video", "-bf", "2", "-q:v", "3", "-flags", "+ildct+ilme", "-vf", "setfield=bff",
      ], codec: "mpeg2video"),
  ]

  static func named(_ name: String) -> Recipe {
    guard let recipe = all.first(where: { $0.name == name }) else { preconditionFailure("no recipe '\(name)'") }
    return recipe
  }

  /// The clip, and what is true of it.
  func make(in folder: URL, frames: Int = 40) throws -> URL {
    let url = folder.appending(path: "clip.\(fileExtension)")
    let (width, height) = size
    try SyntheticVideo.make(
      at: url, width: width, height: height, frames: frames, framesPerSecond: 25, codecArguments: arguments
    ) { SyntheticVideo.card(width: width, height: height, frameIndex: $0) }
    guard let remuxing else { return url }
    let copy = folder.appending(path: "copy.\(fileExtension)")
    let before = remuxing.first == "-ss" ? remuxing : []
    let after = remuxing.first == "-ss" ? [] : remuxing
    let result = try runProcess(
      "ffmpeg",
      ["-v", "error"] + before + ["-i", url.path(percentEncoded: false), "-c", "copy"] + after
        + [copy.path(percentEncoded: false)])
    guard result.status == 0 else { throw SyntheticVideoError(message: result.errors) }
    return copy
  }
}

@Suite struct VideoFileTests {
  @Test(arguments: Recipe.all) func framesAndTimesAreThoseOfFFmpeg(recipe: Recipe) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try recipe.make(in: folder)
      let reference = try FFmpegReference.frameDigests(of: url)
      let video = try VideoFile(url)
      #expect(video.properties.codec == recipe.codec)
      #expect(video.properties.jpeg == nil && (recipe.codec != "h264" || video.properties.profile != nil))
      #expect(recipe.fileExtension != "mp4" || video.properties.encoder?.hasPrefix("Lav") == true)
      #expect(video.properties.timeBase == reference.timeBase)
      #expect(!video.properties.isStillImage)

      let times = try video.timestamps()
      #expect(times == reference.digests.keys.sorted())
      let all = try video.planeDigests(times)
      #expect(all.digests == reference.digests)
      #expect(all.summary.framesDelivered == times.count)
      #expect(all.summary.missing == [] && all.summary.damaged == [] && all.summary.decoderErrors == 0)

      // Single frames one by one, and spaced ones: what is left undecoded must not show.
      for wanted in times.map({ [$0] }) + [2, 5, 9].map({ FrameSelection.uniform(count: $0, of: times) }) {
        let some = try video.planeDigests(wanted)
        #expect(some.digests == reference.digests.filter { wanted.contains($0.key) })
        #expect(some.summary.missing == [])
      }
    }
  }

  /// AVI holds no presentation times, so FFmpeg's are made up too: the frames must be its own, each under one time.
  @Test func framesOutOfOrderInAVIKeepATimeOfTheirOwn() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try Recipe(name: "", fileExtension: "avi", arguments: SyntheticVideo.h264).make(in: folder)
      let reference = try FFmpegReference.frameDigests(of: url).digests
      let video = try VideoFile(url)
      let times = try video.timestamps()
      let all = try video.planeDigests(times)
      #expect(all.summary.missing == [])
      #expect(Set(all.digests.values) == Set(reference.values) && all.digests.count == 40)
      for pts in times { #expect(try video.planeDigests([pts]).digests == [pts: all.digests[pts]]) }
    }
  }

  @Test func picturesNobodyWantedAreNotDecoded() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let video = try VideoFile(try Recipe.named("H.264 with B-frames").make(in: folder))
      let times = try video.timestamps()
      let wanted = [times[0], times[times.count - 1]]
      let sparse = try video.planeDigests(wanted)
      let full = try video.planeDigests(wanted, leavingOutUnneeded: false)
      #expect(sparse.digests == full.digests)
      #expect(full.summary.framesDecoded == times.count)
      #expect(sparse.summary.framesDecoded < times.count * 3 / 4)
    }
  }

  @Test func decodingStopsAtTheLastWantedFrame() throws {
    try TestFiles.withTemporaryDirectory { folder in
      let video = try VideoFile(try Recipe.named("H.264 with B-frames").make(in: folder))
      let times = try video.timestamps()
      let summary = try video.planeDigests([times[3]], leavingOutUnneeded: false).summary
      #expect(summary.framesDecoded == 4)
      #expect(try video.planeDigests([]).summary.framesDecoded == 0)
    }
  }

  @Test(arguments: [
    (Recipe.named("H.264 with B-frames"), "bt601"), (Recipe.named("H.264 yuv444p, full range"), "bt601"),
    (Recipe.named("H.264 10 bit"), "bt601"), (Recipe.named("H.264 of non-square pixels, BT.709"), "bt709"),
  ])
  func colourIsThatOfTheScalerWithoutSIMD(recipe: Recipe, matrix: String) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try recipe.make(in: folder, frames: 3)
      let video = try VideoFile(url)
      let frames = try video.frames(try video.timestamps()).frames
      #expect(try frames.images() == FFmpegReference.pictures(of: url, width: 96, height: 64, matrix: matrix))
    }
  }

  @Test func theMatrixIsTheStatedOneElseByHeight() throws {
    try TestFiles.withTemporaryDirectory { folder in
      func frame(_ height: Int, _ arguments: [String]) throws -> (Image, URL, VideoProperties) {
        let url = folder.appending(path: "\(height)\(arguments.count).mp4")
        try SyntheticVideo.make(
          at: url, width: 64, height: height, frames: 1, framesPerSecond: 25,
          codecArguments: SyntheticVideo.h264 + arguments
        ) { SyntheticVideo.card(width: 64, height: height, frameIndex: $0) }
        let video = try VideoFile(url)
        return (
          try #require(try video.frames(try video.timestamps()).frames.first).picture.image(), url, video.properties
        )
      }
      let (stated, statedURL, properties) = try frame(64, ["-colorspace", "bt709"])
      #expect(properties.colourMatrix == "bt709")
      #expect(try FFmpegReference.pictures(of: statedURL, width: 64, height: 64, matrix: "bt709") == [stated])
      let (tall, tallURL, unstated) = try frame(720, [])
      #expect(unstated.colourMatrix == "unknown")
      #expect(try FFmpegReference.pictures(of: tallURL, width: 64, height: 720, matrix: "bt709") == [tall])
      #expect(try FFmpegReference.pictures(of: tallURL, width: 64, height: 720, matrix: "bt601") != [tall])
    }
  }

  @Test(arguments: [90, 180, 270]) func turnedVideosComeOutUpright(degrees: Int) throws {
    try TestFiles.withTemporaryDirectory { folder in
      let plain = try Recipe.named("H.264 with B-frames").make(in: folder, frames: 2)
      let url = folder.appending(path: "turned.mp4")
      // FFmpeg's muxer reads this tag as the counter-clockwise turn that a player is to make.
      let result = try runProcess(
        "ffmpeg",
        [
          "-v", "error", "-i", plain.path(percentEncoded: false), "-c", "copy", "-metadata:s:v:0",
          "rotate=\(360 - degrees)", url.path(percentEncoded: false),
        ])
      try #require(result.status == 0, "\(result.errors)")
      let video = try VideoFile(url)
      let size = degrees == 180 ? (96, 64) : (64, 96)
      #expect(video.properties.rotationDegrees == degrees)
      #expect((video.properties.width, video.properties.height) == size)
      #expect(!video.properties.isMirrored)
      let pictures = try video.frames(try video.timestamps()).frames.images()
      #expect(pictures.map(\.width) == [size.0, size.0])
      // The bright corner block of the stored frame is at its top left; turned clockwise it goes to the top right, ...
      let corner = [90: (size.0 - 8, 8), 180: (size.0 - 8, size.1 - 8), 270: (8, size.1 - 8)][degrees]
      let (x, y) = try #require(corner)
      let offset = (y * size.0 + x) * 3
      #expect(pictures[0].pixels[offset] > 220 && pictures[0].pixels[offset + 1] > 200)
      // ffmpeg turns before it converts, so the chroma filter runs along the other axis: near, not equal.
      let expected = try FFmpegReference.pictures(of: url, width: size.0, height: size.1, matrix: "bt601")
      let difference = zip(pictures[1].pixels, expected[1].pixels).map { abs(Int($0) - Int($1)) }
      #expect(Double(difference.reduce(0, +)) / Double(difference.count) < 2)
    }
  }

  @Test(arguments: ["H.264 interlaced", "MPEG-2 interlaced"]) func interlacedFramesAreMadeWholeOnRequest(name: String)
    throws
  {
    try TestFiles.withTemporaryDirectory { folder in
      let url = try Recipe.named(name).make(in: folder, frames: 6)
      func pictures(deinterlacing: Bool) throws -> [Image] {
        let video = try VideoFile(url, deinterlacing: deinterlacing)
        return try video.frames(try video.timestamps()).frames.images()
      }
      let whole = try FFmpegReference.pictures(
        of: url, width: 96, height: 64, matrix: "bt601", filter: "estdif=mode=frame:deint=interlaced")
      let woven = try FFmpegReference.pictures(of: url, width: 96, height: 64, matrix: "bt601")
      #expect(try pictures(deinterlacing: true) == whole)
      #expect(try pictures(deinterlacing: false) == woven)
      #expect(whole != woven)
      let progressive = try Recipe.named("H.264 with B-frames").make(in: folder, frames: 4)
      let video = try VideoFile(progressive, deinterlacing: true)
      #expect(
        try video.frames(try video.timestamps()).frames.images()
          == FFmpegReference.pictures(of: progressive, width: 96, height: 64, matrix: "bt601"))
    }
  }

  @Test func errorsOfTheReceiverComeBackUnchanged() throws {
    struct Stop: Error, Equatable { let pts: Int64 }
    try TestFiles.withTemporaryDirectory { folder in
      let video = try VideoFile(try Recipe.named("H.264 with B-frames").make(in: folder, frames: 8))
      let times = try video.timestamps()
      #expect(throws: Stop(pts: times[1])) {
        try video.decode(times) { frame in if frame.pts == times[1] { throw Stop(pts: frame.pts) } }
      }
    }
  }

  @Test func doctorsQuestions() throws {
    #expect(FFmpegLibraries.canDecode("h264"))
    #expect(!FFmpegLibraries.canDecode("no-such-codec"))
    #expect(try Set(FFmpegLibraries.versions().keys) == ["libavcodec", "libavformat", "libavutil", "libswscale"])
    #expect(try FFmpegLibraries.versions().values.allSatisfy { $0.split(separator: ".").count == 3 })
  }
}
