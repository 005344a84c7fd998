-- A reader of pandoc for tools/docs: its inputs are the chapters, in Markdown and in their order, and each gets a page. It prints
-- the paths of the files and folders that they link to and that have no page yet.

local page = dofile('tools/docs-page.lua')

-- The chapters, by number: path, name of the page, document and title. And the one at hand.
local chapters, chapter = {}, nil

local function name_of(path)
	if path == 'docs/README.md' then return 'index' end
	if path == 'README.md' then return 'readme' end
	return path:match('^docs/(.*)%.md$')
end

-- The page of a file or folder, which is to be made.
local function source_page(path)
	print(path)
	return page.of_source(path) .. '.html'
end

-- The file in the site that shows one of the repository.
local function place(path)
	if path == 'docs' then return 'index.html' end
	if name_of(path) then return name_of(path) .. '.html' end
	return path:match('^docs/(.*)$') or source_page(path)
end

local function is_elsewhere(target)
	return target == '' or target:match('^%a[%w+.-]*:') or target:match('^#')
end

local function moved(target)
	if is_elsewhere(target) then return target end
	local path, anchor = target:match('^([^#]*)(.*)$')
	path = (chapter.path:match('^.*/') or '') .. path:gsub('/$', '')
	local count = 1
	while count > 0 do path, count = path:gsub('[^/]+/%.%./', '', 1) end
	return place(path) .. anchor:gsub('^#L(%d)', '#L-%1') -- a line, as GitHub names it
end

local pass = {}

function pass.Link(link)
	link.target = moved(link.target)
	return link
end

function pass.Image(image)
	image.src = moved(image.src)
	return image
end

-- An option is one word.
function pass.Code(code)
	if #code.text < 24 and not code.text:find('%s') then code.classes = { 'word' } end
	return code
end

-- $, #, / #, bash-5.2#, root@<id>:/#
local prompts = { '^([$#] )(.*)$', '^(/%S* [$#] )(.*)$', '^(bash%-[%d.]+[$#] )(.*)$', '^([%w<>_-]+@[%w<>_.-]+:[^%s$#]*[$#] ?)(.*)$' }

-- What is typed stands out from what is printed.
local function console_line(line)
	for _, pattern in ipairs(prompts) do
		local prompt, typed = line:match(pattern)
		if prompt then
			return '<span class="prompt">' .. page.escaped(prompt) .. '</span><kbd>' .. page.escaped(typed) .. '</kbd>'
		end
	end
	return page.escaped(line)
end

function pass.CodeBlock(block)
	if block.classes[1] ~= 'console' then return nil end
	local html = (block.text .. '\n'):gsub('(.-)\n', function(line) return '<span>' .. console_line(line) .. '\n</span>' end)
	return pandoc.RawBlock('html', '<pre class="console"><code>' .. html .. '</code></pre>')
end

local function exists(path)
	local file = io.open(path)
	return file and file:close()
end

-- Where an excerpt is from: a link to its first line. WHAT is as tools/refresh has it.
local function origin(what, code)
	local name = what:match('^code: (%S+) %S+$') or what:match('^file: (%S+)$') or 'gcr.c'
	local path = 'steps/' .. chapter.name .. '/' .. name
	if not exists(path) then path = name end
	path = page.output("realpath --relative-to=. '" .. path .. "'"):gsub('\n', '') -- of the step that wrote it
	local start = assert(page.read(path):find(code, 1, true), chapter.path .. ': stale, run tools/refresh --diffs: ' .. what)
	local _, before = page.read(path):sub(1, start - 1):gsub('\n', '')
	return ('<p class="origin"><a href="%s#L-%d">%s:%d</a></p>'):format(source_page(path), before + 1, path, before + 1)
end

-- What tools/refresh generates: an excerpt says where it is from, and above a step's diff is a link to it side by side.
function pass.Blocks(blocks)
	for i, block in ipairs(blocks) do
		local what = block.t == 'RawBlock' and block.text:match('^<!%-%- (.-) %-%->') or ''
		if what:match('^code: ') or what:match('^file: ') then
			blocks[i] = pandoc.RawBlock('html', origin(what, blocks[i + 1].text))
		elseif what == 'step-diff' then
			blocks[i] = pandoc.RawBlock('html', '<p>' .. page.link(chapter.name .. '-diff', 'The diff, side by side') .. '</p>')
		end
	end
	return blocks
end

-- The links to a step's diff and files, and to the chapter in the lab.
local function step_links()
	if not exists('steps/' .. chapter.name) then return '' end
	local lab = '<a class="lab" href="%s#%s" title="scripts/lab serve starts it on this computer">Try it in a browser tab</a>'
	local links = { lab:format(os.getenv('DOCS_LAB'), chapter.name) }
	if chapter.number > 2 then -- the introduction and the first step are before
		table.insert(links, page.link(chapter.name .. '-diff', 'The diff to the step before, side by side'))
	end
	for path in page.output('realpath --relative-to=. steps/' .. chapter.name .. '/*.[ch]'):gmatch('[^\n]+') do
		table.insert(links, ('<a href="%s">%s</a>'):format(source_page(path), path:match('[^/]*$')))
	end
	return '<p class="also">' .. table.concat(links, '\n') .. '</p>'
end

-- The contents of a long chapter: its sections, and theirs.
local function contents(blocks)
	local html, sections = {}, 0
	for _, block in ipairs(blocks) do
		if block.t == 'Header' and (block.level == 2 or block.level == 3) then
			local label = page.html { pandoc.Plain(block.content) }
			if block.level == 2 then sections = sections + 1 end
			table.insert(html, ('<li class="level%d"><a href="#%s">%s</a></li>'):format(block.level, block.identifier, label))
		end
	end
	if sections < 6 then return '' end
	return '<nav class="contents" aria-label="Contents"><ul>\n' .. table.concat(html, '\n') .. '\n</ul></nav>'
end

local function turn(before, after)
	return '<span>' .. (before and page.link(before.name, '← ' .. before.title) or '') .. '</span>\n' ..
		'<span>' .. (after and page.link(after.name, after.title .. ' →') or '') .. '</span>'
end

function Reader(sources)
	for i, source in ipairs(sources) do
		local document = pandoc.read(source.text, 'gfm')
		local title = page.escaped(pandoc.utils.stringify(document.blocks[1]))
		chapters[i] = { number = i, path = source.name, name = name_of(source.name), document = document, title = title }
	end
	for i = 1, #chapters do
		chapter = chapters[i]
		local blocks = chapter.document:walk(pass).blocks
		blocks:insert(2, pandoc.RawBlock('html', step_links() .. contents(blocks)))
		page.write(chapter.name, { kind = 'chapter', title = chapter.title, body = page.html(blocks),
			turn = turn(chapters[i - 1], chapters[i + 1]) })
	end
	return pandoc.Pandoc {}
end
