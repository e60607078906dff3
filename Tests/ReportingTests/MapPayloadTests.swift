import Foundation
import TestSupport
import Testing

@testable import Reporting

@Suite struct MapPayloadTests {
  /// What the page's own reader does, in another language.
  private static let reader = """
    import base64, json, struct, sys, zlib
    given = json.load(sys.stdin)
    header, data, at = json.loads(given["header"]), zlib.decompress(base64.b64decode(given["columns"])), 0
    count = header["count"]
    def narrow(size):
        global at
        at += size
        return data[at - size:at]
    def wide():
        low, high = narrow(count), narrow(count)
        return [a | b << 8 for a, b in zip(low, high)]
    result = {"planes": [[wide(), wide()] for _ in header["planes"]]}
    result["codes"] = [wide() if one["isWide"] else list(narrow(count)) for one in header["categories"]]
    result["steps"] = [wide() for _ in header["measures"]]
    result["sheets"] = [list(struct.unpack(f"<{one['count']}I", narrow(4 * one["count"]))) for one in header["sheets"]]
    shared, lengths, keys, before = narrow(count), wide(), [], b""
    for number in range(count):
        before = before[:shared[number]] + narrow(lengths[number])
        keys.append(before.decode())
    result["keys"] = keys
    result["left"] = len(data) - at
    json.dump(result, sys.stdout)
    """

  private struct Read: Decodable {
    var planes: [[[Int]]]
    var codes: [[Int]]
    var steps: [[Int]]
    var sheets: [[Int]]
    var keys: [String]
    var left: Int
  }

  private func read(_ map: ReportModel.SampleMap) throws -> Read {
    let payload = try MapPayload(map)
    let given = try JSONEncoder().encode(["header": payload.header, "columns": payload.columns])
    let result = try runProcess("python3", ["-c", Self.reader], input: given)
    try #require(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(Read.self, from: Data(result.output.utf8))
  }

  @Test func everyColumnComesBack() throws {
    var map = SampleReport.map(samples: 500)
    map.keys[7] = "a </script><b> \u{1F600}\n\"line\""
    map.keys[8] = String(repeating: "long/", count: 200)
    map.keys[9] = String(repeating: "long/", count: 200) + "x"
    map.planes[1].x[3] = nil
    map.planes[1].y[4] = .nan
    map.categories.append(.init(name: "many", (0..<500).map { $0 == 0 ? nil : "value \($0)" }))
    map.sheets = [.init(jpeg: Data(), tilePixels: 8, columns: 2, samples: [499, 0, 70])]
    let read = try read(map)
    #expect(read.left == 0)
    #expect(read.codes == map.categories.map { $0.codes.map { $0 + 1 } })
    #expect(read.sheets == [[499, 0, 70]])
    var keys = map.keys
    keys[7] = "a </script><b> \u{1F600}\u{FFFD}\"line\""
    #expect(read.keys == keys)
    #expect(read.planes[1][0][3] == 65535 && read.planes[1][1][4] == 65535)
    let values = map.measures[0].values
    let (low, high) = (values.compactMap(\.self).min() ?? 0, values.compactMap(\.self).max() ?? 0)
    for (value, step) in zip(values, read.steps[0]) {
      guard let value else {
        #expect(step == 0)
        continue
      }
      #expect(abs(low + Double(step - 1) / 1023 * (high - low) - value) <= (high - low) / 2046 * 1.001)
    }
    // One scale for both axes: distances in the page are those of the plane.
    let (x, y) = (map.planes[0].x.compactMap(\.self), map.planes[0].y.compactMap(\.self))
    let span = max((x.max() ?? 0) - (x.min() ?? 0), (y.max() ?? 0) - (y.min() ?? 0))
    for (column, values) in zip(read.planes[0], [x, y]) {
      for index in 1..<500 {
        let page = Double(column[index] - column[0]) / 65534 * span
        #expect(abs(page - (values[index] - values[0])) < span / 65534 * 1.01)
      }
    }
  }

  @Test func nothingInTheHeaderEndsItsElement() throws {
    var map = SampleReport.map(samples: 3)
    map.categories[0].values[0] = "</script><script>alert(1)</script>&lt;<!--"
    let header = try MapPayload(map).header
    #expect(!header.contains("<") && !header.contains("&"))
    #expect(header.contains("alert(1)"))
  }

  @Test func aHundredThousandSamplesStaySmall() throws {
    let payload = try MapPayload(SampleReport.map(samples: 100_000))
    // Two planes of four bytes a sample, a measure of two, keys and codes that deflate well; a third more in base64.
    #expect(payload.columns.utf8.count < 2_200_000)
  }

  @Test func equalValuesAndNoPlacesDoNoHarm() throws {
    var map = SampleReport.map(samples: 4)
    map.planes = [
      .init(name: "P", x: [1, 1, 1, 1], y: [2, 2, 2, 2]), .init(name: "Q", x: [nil, nil, nil, nil], y: [1, 1, 1, 1]),
    ]
    map.measures = [.init(name: "m", values: [5, 5, nil, .infinity])]
    let read = try read(map)
    #expect(read.planes[0] == [[32767, 32767, 32767, 32767], [32767, 32767, 32767, 32767]])
    #expect(read.planes[1][0] == [65535, 65535, 65535, 65535])
    #expect(read.steps == [[1, 1, 0, 0]])
  }

  @Test func numbersAmongValuesAreInTheirOrder() {
    #expect(ReportModel.Category(name: "cluster", ["10", "9", nil, "b", "a"]).values == ["9", "10", "a", "b"])
    #expect(ReportModel.Category(name: "cluster", ["10", "9", nil, "b", "a"]).codes == [1, 0, -1, 3, 2])
  }
}
