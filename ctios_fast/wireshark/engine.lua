-- Dissector for GED-188, the protocol of Cisco's CTI Server.
--
-- Use: put this file into Wireshark's folder of personal Lua plugins (Help > About > Folders), or run
--     tshark -X lua_script:ged188.lua -r capture.pcap
-- The preference "TCP ports" lists the ports of CTI Servers, 42027 and 43027 by default. On any other port a
-- conversation is recognised by its OPEN_REQ, or by "Decode As" (tshark: -d tcp.port==1234,ged188).
--
-- Layouts and the width of tags depend on the protocol version. It comes from each conversation's OPEN_REQ or,
-- where the capture contains none, from the preference "Protocol version".
--
-- A filter name is the field's name in the reference, in lower case with underscores: ged188.agent_state,
-- ged188.invoke_id. If a name has different kinds of value, the rarer kind has a suffix: ged188.supervisor_id
-- is text, ged188.supervisor_id.number is a number. Bits of a mask are ged188.<mask>.<bit>. Frames that
-- contradict their layout have ged188.malformed; readable departures from the reference have ged188.unusual.
--
-- PASSWORDS ARE SHOWN as they are on the wire. A password field that is not empty has the expert information
-- ged188.password_in_clear.
--
-- Tested with Wireshark 4.0 (Lua 5.2).

local ged188 = Proto("ged188", "GED-188 (Cisco CTI Server)")

local HEADER_SIZE = 8
local FIRST_WIDE_TAGS = 20 -- from this version on, tag and length of a floating field have two bytes each
local OPEN_REQ = 3

local WIDTHS = { CHAR = 1, UCHAR = 1, SHORT = 2, USHORT = 2, BOOL = 2, INT = 4, UINT = 4, TIME = 4 }
local SIGNED = { CHAR = true, SHORT = true, INT = true }

-- ---------------------------------------------------------------------------------------------------------
-- Fields: f[key] is a record of name, wire type, ProtoField and, for masks, the ProtoFields of the bits.

local f = {}
local enums = {}
local masks = {}
local all_fields = {}

local MAKERS = {
  CHAR = function(...) return ProtoField.int8(...) end,
  UCHAR = function(...) return ProtoField.uint8(...) end,
  SHORT = function(...) return ProtoField.int16(...) end,
  USHORT = function(...) return ProtoField.uint16(...) end,
  BOOL = function(...) return ProtoField.uint16(...) end,
  INT = function(...) return ProtoField.int32(...) end,
  UINT = function(...) return ProtoField.uint32(...) end,
  TIME = function(abbreviation, name) return ProtoField.absolute_time(abbreviation, name, base.UTC) end,
  STRING = function(abbreviation, name) return ProtoField.string(abbreviation, name) end,
  UNSPEC = function(abbreviation, name) return ProtoField.bytes(abbreviation, name) end,
  NAMEDVAR = function(abbreviation, name) return ProtoField.string(abbreviation, name) end,
  NAMEDARRAY = function(abbreviation, name) return ProtoField.string(abbreviation, name) end,
}

local function register(field)
  all_fields[#all_fields + 1] = field
  return field
end

-- A field of messages; filter is its name without "ged188.".
local function field(key, filter, name, wire_type, enum, mask, secret)
  local abbreviation = "ged188." .. filter
  local record = { name = name, type = wire_type, width = WIDTHS[wire_type], secret = secret }
  if record.width and wire_type ~= "TIME" then
    local display = mask and base.HEX or base.DEC
    record.proto = register(MAKERS[wire_type](abbreviation, name, display, enum and enums[enum]))
  else
    record.proto = register(MAKERS[wire_type](abbreviation, name))
  end
  if mask then
    record.bits = masks[mask][record.width]
  end
  if wire_type == "NAMEDVAR" or wire_type == "NAMEDARRAY" then
    record.part_name = register(ProtoField.string(abbreviation .. ".name", "Name"))
    record.part_value = register(ProtoField.string(abbreviation .. ".value", "Value"))
  end
  if wire_type == "NAMEDARRAY" then
    record.part_index = register(ProtoField.uint8(abbreviation .. ".index", "Index"))
  end
  f[key] = record
end

-- The bits of a mask, for each width of the fields that hold it.
local function mask(name, filter, widths, bits)
  masks[name] = {}
  for _, width in ipairs(widths) do
    local fields = {}
    for _, bit in ipairs(bits) do
      if bit[3] < 256 ^ width then
        local abbreviation = "ged188." .. filter .. "." .. bit[1]
        fields[#fields + 1] = register(ProtoField.bool(abbreviation, bit[2], 8 * width, nil, bit[3]))
      end
    end
    masks[name][width] = fields
  end
end

local header = {
  length = register(ProtoField.uint32("ged188.message_length", "MessageLength")),
  type = nil, -- set once the names of the messages are known
  version = register(ProtoField.uint8("ged188.version", "Protocol version")),
  body = register(ProtoField.bytes("ged188.body", "Body")),
  floating = register(ProtoField.none("ged188.floating", "Floating field")),
  tag = register(ProtoField.uint16("ged188.tag", "Tag")),
  tag_length = register(ProtoField.uint16("ged188.tag_length", "Length")),
  unknown = register(ProtoField.bytes("ged188.unknown_field", "Unknown field")),
  odd = register(ProtoField.bytes("ged188.odd_data", "Data")),
}

local expert_malformed = ProtoExpert.new(
  "ged188.malformed", "Malformed", expert.group.MALFORMED, expert.severity.ERROR)
local expert_unusual = ProtoExpert.new(
  "ged188.unusual", "Departs from the reference", expert.group.PROTOCOL, expert.severity.WARN)
local expert_unknown = ProtoExpert.new(
  "ged188.no_layout", "No published layout", expert.group.UNDECODED, expert.severity.NOTE)
local expert_secret = ProtoExpert.new(
  "ged188.password_in_clear", "Password in clear", expert.group.SECURITY, expert.severity.NOTE)
ged188.experts = { expert_malformed, expert_unusual, expert_unknown, expert_secret }

-- ---------------------------------------------------------------------------------------------------------
-- The protocol's data. A message is { name, since, layouts, floating }; a layout is a list of { key, since };
-- floating and tags go by tag: { key, since, max, array }. A tag without key has no published field name.

local messages = {}
local undocumented = {}
local tags = {}
--@TABLES@

local message_names = {}
for number, row in pairs(messages) do
  message_names[number] = row[1]
end
for number, name in pairs(undocumented) do
  message_names[number] = name
end
header.type = register(ProtoField.uint32("ged188.message_type", "MessageType", base.DEC, message_names))
ged188.fields = all_fields

-- Derived data of a message: the names that it lists, and its layouts by version, computed when first needed.
for _, row in pairs(messages) do
  row.candidates = {}
  row.listed_names = {}
  for _, entry in pairs(row[4]) do
    row.listed_names[f[entry[1]].name] = true
  end
end

-- ---------------------------------------------------------------------------------------------------------
-- Preferences

local DEFAULT_PORTS = "42027,43027"
ged188.prefs.ports = Pref.range("TCP ports", DEFAULT_PORTS, "Ports of CTI Servers", 65535)
ged188.prefs.version = Pref.uint(
  "Protocol version", NEWEST_VERSION, "Used where a conversation's OPEN_REQ is not in the capture")
ged188.prefs.max_frame = Pref.uint(
  "Largest frame", 65536, "A frame that announces more bytes than this, with its header, is malformed")

local tcp_ports = DissectorTable.get("tcp.port")
local ports_in_use = DEFAULT_PORTS

function ged188.prefs_changed()
  if ged188.prefs.ports ~= ports_in_use then
    if ports_in_use ~= "" then
      tcp_ports:remove(ports_in_use, ged188)
    end
    ports_in_use = ged188.prefs.ports
    if ports_in_use ~= "" then
      tcp_ports:add(ports_in_use, ged188)
    end
  end
end

-- ---------------------------------------------------------------------------------------------------------
-- Versions: for each conversation, the packets with an OPEN_REQ in order, and the version that each asks for.
-- Packet numbers are stored because Wireshark dissects packets again, in any order.

local opened = {}

function ged188.init()
  opened = {}
end

local function conversation(pinfo)
  local one = tostring(pinfo.src) .. " " .. pinfo.src_port
  local other = tostring(pinfo.dst) .. " " .. pinfo.dst_port
  return one < other and one .. " " .. other or other .. " " .. one
end

local function learn(pinfo, version)
  local key = conversation(pinfo)
  local list = opened[key] or {}
  opened[key] = list
  if #list == 0 or list[#list][1] < pinfo.number then
    list[#list + 1] = { pinfo.number, version }
  end
end

local function version_of(pinfo)
  local list = opened[conversation(pinfo)] or {}
  for i = #list, 1, -1 do
    if list[i][1] <= pinfo.number then
      return list[i][2]
    end
  end
  return list[1] and list[1][2] or ged188.prefs.version
end

-- ---------------------------------------------------------------------------------------------------------
-- Layouts. A message that is newer than the session's version is read with the layout of its own first version.

local function fixed_fields(layout, reach)
  local found, size = {}, 0
  for _, entry in ipairs(layout) do
    if entry[2] <= reach then
      found[#found + 1] = f[entry[1]]
      size = size + f[entry[1]].width
    end
  end
  return { fields = found, size = size }
end

-- The offset at which the floating fields from "at" on stop to fill the message exactly; nil if they fill it.
local function untiled(tvb, at, width)
  local size = tvb:len()
  while at < size do
    if size - at < 2 * width then
      return at
    end
    local length = tvb(at + width, width):uint()
    if length > size - at - 2 * width then
      return at
    end
    at = at + 2 * width + length
  end
  return nil
end

-- The layout of a body: one that the body fills exactly, else the first one whose floating part is whole.
-- For a malformed body, the first layout and a reason.
local function choose(row, tvb, version, width)
  local size = tvb:len() - HEADER_SIZE
  local candidates = row.candidates[version]
  if not candidates then
    candidates = {}
    for i, layout in ipairs(row[3]) do
      candidates[i] = fixed_fields(layout, math.max(version, row[2]))
    end
    row.candidates[version] = candidates
  end
  for _, layout in ipairs(candidates) do
    if layout.size == size then
      return layout, nil
    end
  end
  for _, layout in ipairs(candidates) do
    if layout.size <= size and not untiled(tvb, HEADER_SIZE + layout.size, width) then
      return layout, nil
    end
  end
  local documented = candidates[1]
  if size < documented.size then
    return documented, string.format("the fixed part has %d bytes, the body only %d", documented.size, size)
  end
  return documented, string.format(
    "the floating field at offset %d is not whole", untiled(tvb, HEADER_SIZE + documented.size, width))
end

-- ---------------------------------------------------------------------------------------------------------
-- Values

local function add_number(tree, entry, range)
  local item = tree:add(entry.proto, range)
  if entry.bits then
    for _, bit in ipairs(entry.bits) do
      item:add(bit, range)
    end
  end
  return item
end

-- The text before the first NUL, and the offset after that NUL (nil without one).
local function text_of(range, from, size)
  if from >= size then
    return "", nil
  end
  local raw = range(from, size - from):bytes():raw()
  local nul = string.find(raw, "\0", 1, true)
  local length = nul and nul - 1 or #raw
  local text = length > 0 and range(from, length):string(ENC_UTF_8) or ""
  return text, nul and from + nul or nil
end

local function add_named(tree, entry, whole, data, size)
  local from = entry.part_index and 1 or 0
  local name, after = nil, nil
  if size > from then
    name, after = text_of(data, from, size)
  end
  if not after then
    return nil
  end
  local value = text_of(data, after, size)
  local index = entry.part_index and data(0, 1):uint() or nil
  local shown = index and string.format("%s[%d]=%s", name, index, value) or name .. "=" .. value
  local item = tree:add(entry.proto, whole, shown)
  item:add(entry.part_name, data(from, after - from), name)
  if index then
    item:add(entry.part_index, data(0, 1))
  end
  item:add(entry.part_value, after < size and data(after, size - after) or whole, value)
  return item
end

-- The item of one floating field, or nil if the data does not have the form of its type.
local function add_value(tree, entry, array, whole, data, size)
  if entry.width then
    if array and size % entry.width == 0 then
      local item = tree:add(header.floating, whole)
      item:set_text(string.format("%s: %d elements", entry.name, size / entry.width))
      for at = 0, size - 1, entry.width do
        add_number(item, entry, data(at, entry.width))
      end
      return item
    elseif size == entry.width then
      return add_number(tree, entry, data)
    end
    return nil
  elseif entry.type == "STRING" then
    local text, after = text_of(data, 0, size)
    local item = tree:add(entry.proto, whole, text)
    if after and after < size then
      item:add_proto_expert_info(expert_unusual, "data after the NUL")
    end
    return item
  elseif entry.type == "UNSPEC" then
    return tree:add(entry.proto, data)
  end
  return add_named(tree, entry, whole, data, size)
end

-- True if a password field contains more than its NUL.
local function has_text(data, size)
  return size > 0 and data(0, 1):uint() ~= 0
end

-- Report departures of a readable floating field from the reference.
local function remark(item, entry, row, tag, size, version)
  local listed = row[4][tag]
  local since = math.max(entry[2], tags[tag] and tags[tag][2] or 0)
  if since > version then
    item:add_proto_expert_info(
      expert_unusual, string.format("the field exists since version %d, the session has version %d", since, version))
  elseif not listed then
    item:add_proto_expert_info(expert_unusual, "the message does not list this field")
  elseif entry[3] > 0 and size > entry[3] then
    item:add_proto_expert_info(
      expert_unusual, string.format("%d bytes of data, the maximum is %d", size, entry[3]))
  end
end

local function add_floating(tree, row, tvb, at, width, version)
  local tag = tvb(at, width):uint()
  local size = tvb(at + width, width):uint()
  local whole = tvb(at, 2 * width + size)
  local data = tvb(at + 2 * width, size)
  local entry = row[4][tag]
  if not entry and tags[tag] and tags[tag][1] and not row.listed_names[f[tags[tag][1]].name] then
    entry = tags[tag]
  end
  local item
  if entry then
    local kind = f[entry[1]]
    item = add_value(tree, kind, entry[4], whole, data, size)
    if not item then
      item = tree:add(header.odd, data)
      item:set_text(string.format("%s: %d bytes are not a valid %s", kind.name, size, kind.type))
      item:add_proto_expert_info(
        expert_unusual, string.format("%s: %d bytes are not a valid %s", kind.name, size, kind.type))
    end
    remark(item, entry, row, tag, size, version)
    if kind.secret and has_text(data, size) then
      item:add_proto_expert_info(expert_secret)
    end
  else
    item = tree:add(header.unknown, data)
    item:set_text(string.format("tag %d: %d bytes", tag, size))
    item:add_proto_expert_info(expert_unusual, string.format("tag %d is unknown", tag))
  end
  item:add(header.tag, tvb(at, width))
  item:add(header.tag_length, tvb(at + width, width))
  return at + 2 * width + size
end

-- ---------------------------------------------------------------------------------------------------------
-- Messages

local function add_body(tree, row, tvb, version)
  local width = version < FIRST_WIDE_TAGS and 1 or 2
  local layout, fault = choose(row, tvb, version, width)
  local at = HEADER_SIZE
  for _, entry in ipairs(layout.fields) do
    if at + entry.width > tvb:len() then
      break
    end
    add_number(tree, entry, tvb(at, entry.width))
    at = at + entry.width
  end
  local stop = tvb:len()
  if fault then
    tree:add_proto_expert_info(expert_malformed, row[1] .. ": " .. fault)
    stop = at >= HEADER_SIZE + layout.size and untiled(tvb, at, width) or at
  end
  while at < stop do
    at = add_floating(tree, row, tvb, at, width, version)
  end
  if at < tvb:len() then
    tree:add(header.body, tvb(at)):prepend_text("Rest of ")
  end
end

local function dissect_message(tvb, pinfo, root)
  local length = tvb(0, 4):uint()
  local number = tvb(4, 4):uint()
  if number == OPEN_REQ and length >= 8 and tvb:len() >= HEADER_SIZE + 8 then
    local asked = tvb(HEADER_SIZE + 4, 4):uint()
    if asked >= OLDEST_VERSION and asked <= NEWEST_VERSION then
      learn(pinfo, asked)
    end
  end
  local version = version_of(pinfo)
  local row = messages[number]
  local name = message_names[number] or string.format("message %d", number)
  local tree = root:add(ged188, tvb(), "GED-188, " .. name)
  tree:add(header.length, tvb(0, 4))
  tree:add(header.type, tvb(4, 4))
  tree:add(header.version, version):set_generated()
  pinfo.cols.info:append((pinfo.private.ged188_more and ", " or "") .. name)
  pinfo.private.ged188_more = "yes"

  if HEADER_SIZE + length ~= tvb:len() then
    tree:add_proto_expert_info(expert_malformed, string.format(
      "the header announces %d bytes, %d follow (preference: largest frame %d bytes)",
      length, tvb:len() - HEADER_SIZE, ged188.prefs.max_frame))
    if tvb:len() > HEADER_SIZE then
      tree:add(header.body, tvb(HEADER_SIZE))
    end
    return tvb:len()
  end
  if not row then
    tree:add_proto_expert_info(expert_unknown, name .. ": no published layout")
    if length > 0 then
      tree:add(header.body, tvb(HEADER_SIZE))
    end
    return tvb:len()
  end
  if row[2] > version then
    tree:add_proto_expert_info(expert_unusual, string.format(
      "%s exists since version %d, the session has version %d", name, row[2], version))
  end
  add_body(tree, row, tvb, version)
  return tvb:len()
end

-- The size of the message at the offset. A message above the limit ends with its segment, because the rest may
-- never arrive.
local function message_size(tvb, _, offset)
  local size = HEADER_SIZE + tvb(offset, 4):uint()
  if size > ged188.prefs.max_frame then
    return tvb:len() - offset
  end
  return size
end

function ged188.dissector(tvb, pinfo, root)
  pinfo.cols.protocol = "GED-188"
  pinfo.cols.info:clear()
  pinfo.private.ged188_more = nil
  dissect_tcp_pdus(tvb, root, HEADER_SIZE, message_size, dissect_message)
  return tvb:len()
end

tcp_ports:add(DEFAULT_PORTS, ged188)

-- On any port: a segment that begins with an OPEN_REQ for an existing version.
ged188:register_heuristic("tcp", function(tvb, pinfo, root)
  if tvb:len() < HEADER_SIZE + 8 or tvb(4, 4):uint() ~= OPEN_REQ then
    return false
  end
  local asked = tvb(HEADER_SIZE + 4, 4):uint()
  if tvb(0, 4):uint() + HEADER_SIZE > ged188.prefs.max_frame then
    return false
  end
  if asked < OLDEST_VERSION or asked > NEWEST_VERSION then
    return false
  end
  pinfo.conversation = ged188
  ged188.dissector(tvb, pinfo, root)
  return true
end)
