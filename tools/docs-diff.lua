-- A reader of pandoc for tools/docs: shows what git diff prints, with all of the files as context, in two columns.
-- What is alike folds away, but for a few lines around each change.

local around = 4

local languages = { c = 'c', h = 'c', txt = 'cmake', sh = 'bash' }

-- A text as lines of HTML, highlighted.
local function highlighted(lines, name)
	local block = pandoc.CodeBlock(table.concat(lines, '\n'), { class = languages[name:match('%.(%w+)$')] or '' })
	local html = pandoc.write(pandoc.Pandoc { block }, 'html'):match('<code[^>]*>(.*)</code>')
	local result = {}
	for line in (html .. '\n'):gmatch('(.-)\n') do
		table.insert(result, (line:gsub('<a [^>]*></a>', ''):gsub(' id="[^"]*"', '')))
	end
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

local function table_html(file, first, last)
	local rows = {}
	for i = first, last do rows[#rows + 1] = row_html(file, file.rows[i]) end
	return '<table class="diff' .. (file.is_new and ' new' or '') .. '">' .. table.concat(rows, '\n') .. '</table>'
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

function Reader(input)
	local files, in_lines = {}, false
	for line in tostring(input):gmatch('(.-)\n') do
		local name, file = line:match('^diff %-%-git .*/([^/]*)$'), files[#files]
		if name then
			table.insert(files, { name = name, old = {}, new = {}, rows = {}, removed = {} })
			in_lines = false
		elseif line:match('^@@ ') then
			in_lines = true
		elseif in_lines and line:match('^[ +-]') then -- and not "\ No newline at end of file"
			add(file, line:sub(1, 1), line:sub(2))
		elseif line:match('^new file') then
			file.is_new = true
		end
	end
	-- The program first.
	for i, file in ipairs(files) do file.rank = file.name == 'gcr.c' and 0 or file.name == 'CMakeLists.txt' and 1000 or i end
	table.sort(files, function(a, b) return a.rank < b.rank end)
	local html = {}
	for _, file in ipairs(files) do table.insert(html, file_html(file)) end
	return pandoc.Pandoc { pandoc.RawBlock('html', table.concat(html, '\n')) }
end
