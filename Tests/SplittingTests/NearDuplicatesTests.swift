import Records
import Testing

@testable import Splitting

@Suite struct NearDuplicatesTests {
  /// Twelve different pictures, and of every third one a copy.
  private static func found(
    _ copy: (WavePicture) throws -> Thumbnail, search: NearDuplicates = NearDuplicates(), groups: [Int]? = nil
  ) throws -> [NearDuplicate] {
    var thumbnails = try (0..<12).map { try WavePicture(UInt64($0)).thumbnail() }
    for index in stride(from: 0, to: 12, by: 3) { thumbnails.append(try copy(WavePicture(UInt64(index)))) }
    return try find(thumbnails, search: search, groups: groups)
  }

  private static func find(
    _ thumbnails: [Thumbnail], search: NearDuplicates = NearDuplicates(), groups: [Int]? = nil
  ) throws -> [NearDuplicate] {
    try search.find(thumbnails.map { PictureHashes($0, for: search) }, groups: groups) { thumbnails[$0] }
  }

  private static func pairs(_ found: [NearDuplicate]) -> [[Int]] { found.map { [$0.first, $0.second].sorted() } }
  private static let planted = [[0, 12], [3, 13], [6, 14], [9, 15]]

  @Test(arguments: [
    (0.0, 0.0, 1.0, 1.0), (0.01, 0.01, 0.98, 0.98), (0.05, 0, 0.95, 0.95), (0.03, 0.05, 0.92, 0.92),
    (0.1, 0.1, 0.9, 0.9), (0, 0.05, 0.9, 0.9), (0.02, 0.03, 0.95, 0.92),
  ]) func `copies with parts cut off are found, and nothing else`(x: Double, y: Double, width: Double, height: Double)
    throws
  {
    let found = try Self.found { try $0.thumbnail(x: x, y: y, width: width, height: height, gain: 1.08, noise: 2) }
    #expect(Self.pairs(found) == Self.planted)
    #expect(found.allSatisfy { !$0.isMirrored && $0.bits <= 8 && $0.correlation >= 0.93 })
    let showsMore = found.allSatisfy { $0.first < $0.second }
    #expect(width > 0.99 || showsMore, "the picture that shows more comes first")
  }

  @Test(arguments: 0..<8) func `a fine texture is laid on its cut copy, and the copy on it`(seed: UInt64) throws {
    let picture = WavePicture(seed, steepest: 90)
    let (whole, cut) = (try picture.thumbnail(), try picture.thumbnail(x: 0.01, y: 0.015, width: 0.98, height: 0.98))
    let (one, other) = (
      CopyCheck.correlation(of: cut, in: whole, from: .whole), CopyCheck.correlation(of: whole, in: cut, from: .whole)
    )
    #expect(one > 0.95 && other > 0.95, "\(one) \(other)")
  }

  @Test(arguments: [1.0, 0.94]) func `mirrored copies are found and told`(scale: Double) throws {
    let found = try Self.found { try $0.thumbnail(x: 0.02, width: scale, height: scale).mirrored }
    #expect(Self.pairs(found) == Self.planted)
    #expect(found.allSatisfy { $0.isMirrored })
    let blind = NearDuplicates(findsMirrored: false)
    let unseen = try Self.found({ try $0.thumbnail().mirrored }, search: blind)
    #expect(unseen.isEmpty)
  }

  @Test func `without cuts only whole copies are found`() throws {
    let search = NearDuplicates(radius: 4, findsCuts: false)
    let whole = try Self.found({ try $0.thumbnail(noise: 2) }, search: search)
    let cut = try Self.found({ try $0.thumbnail(x: 0.1, y: 0.1, width: 0.9, height: 0.9) }, search: search)
    #expect(Self.pairs(whole) == Self.planted)
    #expect(cut.isEmpty)
  }

  @Test func `a picture turned a little lies on its original`() throws {
    let found = try Self.found { try $0.thumbnail(degrees: 1) }
    #expect(Self.pairs(found) == Self.planted)
  }

  /// Programs that turn pictures leave the corners black.
  @Test(arguments: [-2.0, 3, -4, 5, 6]) func `turned copies with black corners are found`(degrees: Double) throws {
    let found = try Self.found { try $0.thumbnail(degrees: degrees, isBlackOutside: true) }
    #expect(Self.pairs(found) == Self.planted)
    let mirrored = try Self.found { try $0.thumbnail(degrees: degrees, isBlackOutside: true).mirrored }
    #expect(Self.pairs(mirrored) == Self.planted && mirrored.allSatisfy(\.isMirrored))
    let plain = NearDuplicates(findsCuts: false)
    #expect(try Self.found({ try $0.thumbnail(degrees: 5, isBlackOutside: true) }, search: plain).count < 4)
  }

  @Test func `nothing is compared within a group`() throws {
    let groups = (0..<12).map { $0 } + [0, 3, 6, 99]
    let found = try Self.found({ try $0.thumbnail() }, groups: groups)
    #expect(Self.pairs(found) == [[9, 15]])
  }

  /// The left half changes, as a face does that is put into another's place.
  @Test func `pictures of near hashes that differ in what they show are no copies`() throws {
    let (one, other) = (try WavePicture(1).thumbnail(), try WavePicture(2).thumbnail())
    let mixed = try Thumbnail(luma: one.luma.indices.map { $0 % 64 < 20 ? other.luma[$0] : one.luma[$0] })
    let found = try Self.find([one, mixed], search: NearDuplicates(radius: 63))
    #expect(found.isEmpty)
  }

  @Test func `flat pictures are copies of nothing`() throws {
    let flat = try [90, 90, 91].map { try Thumbnail(luma: [UInt8](repeating: $0, count: 4096)) }
    #expect(try Self.find(flat).isEmpty)
  }

  @Test func `order of pictures changes names alone`() throws {
    var thumbnails = try (0..<10).map { try WavePicture(UInt64($0)).thumbnail() }
    thumbnails += try (0..<10).map { try WavePicture(UInt64($0)).thumbnail(x: 0.04, width: 0.95, height: 0.95) }
    var order = Array(thumbnails.indices)
    var random = KeyedRandom(seed: 4, key: "order", stage: "test")
    random.shuffle(&order)
    let straight = try Self.find(thumbnails)
    let shuffled = try Self.find(order.map { thumbnails[$0] }).map { pair -> NearDuplicate in
      var pair = pair
      (pair.first, pair.second) = (order[pair.first], order[pair.second])
      return pair
    }
    #expect(straight.count == 10)
    #expect(Set(straight) == Set(shuffled))
  }

  @Test func `the nearest other picture is counted by its distance`() throws {
    let search = NearDuplicates()
    let thumbnails = try [0, 1, 2].map { try WavePicture($0).thumbnail() }
    let all = thumbnails + [thumbnails[0], thumbnails[1].mirrored]
    let hashes = all.map { PictureHashes($0, for: search) }
    let histogram = search.nearestDistances(hashes)
    #expect(histogram.reduce(0, +) == 5 && histogram.count == 65)
    #expect(histogram[0] == 4, "a copy, a mirrored copy, and what they are copies of")
    #expect(search.nearestDistances(hashes, groups: [0, 1, 2, 0, 1])[0] == 0)
  }
}
