import BrowserExecutor
import Pool

/// What `weir chaos --list` prints: every fault, how it is done, and what is seen of it.
enum FaultList {
    static var text: String {
        var table = TextTable(["FAULT", "SEEN AS"])
        for fault in InjectedFault.allCases {
            table.add([fault.name.description, seen(fault)], note: fault.actInWords)
        }
        return table.text
    }

    private static func seen(_ fault: InjectedFault) -> String {
        let names = fault.expectedEvidence.map(\.name.description)
        return names.isEmpty ? "nothing: the work goes on" : names.joined(separator: " or ")
    }

    static var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.array("faults", InjectedFault.allCases.map(object))
        }
        return writer.string
    }

    private static func object(_ fault: InjectedFault) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("fault")
            writer.quoted(fault.name.description)
            writer.key("done_by")
            writer.quoted(fault.actInWords)
            writer.key("seen_as")
            let names = fault.expectedEvidence.map { "\"\($0.name)\"" }
            writer.raw("[" + names.joined(separator: ",") + "]")
        }
        return writer.string
    }
}
