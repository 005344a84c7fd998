-- A reader of pandoc for tools/docs: shows what git diff prints, with all of the files as context, in two columns. A narrow
-- screen shows it in one: docs/style.css. What is alike folds away, but for a few lines around each change.

local page = dofile('tools/docs-page.lua')

local around = 4

local languages = { c = 'c', h = 'c', txt = 'cmake', sh = 'bash' }

-- A text as lines of HTML, highlighted. Most come twice: as the new text of a step, and as the old one of the next.
local done = {}
local function highlighted(lines, name)
	local text = table.concat(lines, '\n')
	if done[text] then return done[text] end
	local html = page.html { pandoc.CodeBlock(text, { class = languages[name:match('%.(%w+)$')] or '' }) }
	local result = {}
	for line in (html:match('<code[^>]*>(.*)</code>') .. '\n'):gmatch('(.-)\n') do
		table.insert(result, (line:gsub('<a [^>]*></a>', ''):gsub(' id="[^"]*"', '')))
	end
	done[text] = result
	return result
end

local function cells(number, text, class)
	if not number then return '<td class="none"></td><td class="none"></td>' end
	return ('<td class="n">%d</td><td class="%s">%s</td>'):format(number, class, text)
end

local function row_html(file, row)
	local new = cells(row.new, file.new_html[row.new], row.changed and 'add' or '')
	if file.is_new then return '<tr>' .. new .. '</tr>' end
	return '<tr>' .. cells(row.old, file.old_html[row.old], row.changed and 'del' or '') .. new .. '</tr>'
end

-- What changes together is one body: in one column, its old lines are above its new ones.
local function table_html(file, first, last)
	local html = {}
	for i = first, last do
		local row, before = file.rows[i], file.rows[i - 1]
		if i == first or not row.changed ~= not before.changed then
			table.insert(html, (i > first and '</tbody>' or '') .. (row.changed and '<tbody class="change">' or '<tbody>'))
		end
		table.insert(html, row_html(file, row))
	end
	return '<table class="diff' .. (file.is_new and ' new' or '') .. '">' .. table.concat(html, '\n') .. '</tbody></table>'
end

-- The rows in parts: first, last, and whether they fold away.
local function parts(rows)
	local near, result = {}, {}
	for i, row in ipairs(rows) do
		for j = i - around, i + around do near[j] = near[j] or row.changed or false end
	end
	for i = 1, #rows do
		local part = result[#result]
		if not part or part.folds == near[i] then
			part = { first = i, folds = not near[i] }
			table.insert(result, part)
		end
		part.last = i
	end
	return result
end

local function file_html(file)
	file.old_html, file.new_html = highlighted(file.old, file.name), highlighted(file.new, file.name)
	local html = { '<h2 id="' .. file.name .. '">' .. file.name .. (file.is_new and ': new' or '') .. '</h2>' }
	for _, part in ipairs(parts(file.rows)) do
		local text = table_html(file, part.first, part.last)
		if part.folds and part.last - part.first >= around then
			text = ('<details><summary>%d lines alike</summary>%s</details>'):format(part.last - part.first + 1, text)
		end
		table.insert(html, text)
	end
	return table.concat(html, '\n')
end

local function add(file, mark, text)
	if mark ~= '+' then table.insert(file.old, text) end
	if mark ~= '-' then table.insert(file.new, text) end
	if mark == ' ' then
		table.insert(file.rows, { old = #file.old, new = #file.new })
	elseif mark == '-' then
		local row = { old = #file.old, changed = true }
		table.insert(file.rows, row)
		table.insert(file.removed, row)
	else -- beside what it replaces
		local row = table.remove(file.removed, 1) or { changed = true }
		if not row.old then table.insert(file.rows, row) end
		row.new = #file.new
	end
	if mark == ' ' then file.removed = {} end
end

local function turn(step, after)
	return page.link(step, '← ' .. step) .. (after and page.link(after .. '-diff', 'to ' .. after .. ' →') or '')
end

local function write(diff, after)
	-- The program first.
	for i, file in ipairs(diff.files) do file.rank = file.name == 'gcr.c' and 0 or file.name == 'CMakeLists.txt' and 1000 or i end
	table.sort(diff.files, function(a, b) return a.rank < b.rank end)
	local function source(step) return page.link(page.of_source('steps/' .. step .. '/gcr.c'), step) end
	local html = { '<h1>From ' .. source(diff.before) .. ' to ' .. source(diff.step) .. '</h1>' }
	for _, file in ipairs(diff.files) do table.insert(html, file_html(file)) end
	page.write(diff.step .. '-diff', { kind = 'diff', title = 'From ' .. diff.before .. ' to ' .. diff.step,
		body = table.concat(html, '\n'), turn = turn(diff.step, after) })
end

function Reader(input)
	local diffs, files, in_lines = {}, {}, false
	for line in tostring(input):gmatch('(.-)\n') do
		local before, step = line:match('^# (%S+) (%S+)$')
		local name, file = line:match('^diff %-%-git .*/([^/]*)$'), files[#files]
		if before then
			files = {}
			table.insert(diffs, { before = before, step = step, files = files })
		elseif name then
			table.insert(files, { name = name, old = {}, new = {}, rows = {}, removed = {} })
			in_lines = false
		elseif line:match('^@@ ') then
			in_lines = true
		elseif in_lines and line:match('^[ +-]') then -- and not "\\ No newline at end of file"
			add(file, line:sub(1, 1), line:sub(2))
		elseif line:match('^new file') then
			file.is_new = true
		end
	end
	for i, diff in ipairs(diffs) do write(diff, diffs[i + 1] and diffs[i + 1].step) end
	return pandoc.Pandoc {}
end
